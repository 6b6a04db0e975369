import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { printed, resultOf, startKernel, type KernelClient } from "./kernel-client.js";

/** A kernel starts a TypeScript compiler, which is slow on a busy machine. */
const patience = 60_000;

describe("the socket kernel", { timeout: patience }, () => {
  let kernel: KernelClient;
  beforeAll(async () => {
    kernel = await startKernel();
  }, patience);
  afterAll(async () => {
    await kernel.stop();
  });

  test("numbers a cell, shows its code, its streams and its value, then replies", async () => {
    const before = (await kernel.run("0")).reply.execution_count as number;
    const { reply, outputs } = await kernel.run('console.log("a"); console.error("b"); 2 + 3');
    expect(reply).toEqual({ status: "ok", execution_count: before + 1, user_expressions: {}, payload: [] });
    expect(outputs).toEqual([
      ["execute_input", { code: 'console.log("a"); console.error("b"); 2 + 3', execution_count: before + 1 }],
      ["stream", { name: "stdout", text: "a\n" }],
      ["stream", { name: "stderr", text: "b\n" }],
      ["execute_result", { execution_count: before + 1, data: { "text/plain": "5" }, metadata: {} }],
    ]);
  });

  test("a silent cell publishes nothing and takes no number", async () => {
    const before = (await kernel.run("0")).reply.execution_count;
    const { reply, outputs } = await kernel.run('console.log("hidden"); 5', { silent: true });
    expect([reply.execution_count, outputs]).toEqual([before, []]);
  });

  test("shows values by their own display, and displays that are updated and cleared", async () => {
    const own = await kernel.run('({ [Symbol.for("Jupyter.display")]: () => ({ "text/html": "<i>x</i>", "text/plain": "x" }) })');
    expect(own.outputs.at(-1)![1].data).toEqual({ "text/html": "<i>x</i>", "text/plain": "x" });
    const shown = await kernel.run(
      'import { newDisplay } from "tslab"; import { clearOutput } from "facebridge/kernel";\n' +
        'const d = newDisplay(); d.text("1"); d.text("2"); console.log("x"); clearOutput({ wait: true });',
    );
    expect(shown.outputs.slice(1).map(([type]) => type)).toEqual(["display_data", "update_display_data", "stream", "clear_output"]);
    expect(shown.outputs[1][1].transient).toEqual(shown.outputs[2][1].transient);
    expect(shown.outputs.at(-1)![1]).toEqual({ wait: true });
  });

  test("shows a promise without what the kernel notes on it", async () => {
    expect(resultOf(await kernel.run("new Promise<void>(() => undefined)"))).toBe("Promise { <pending> }");
    expect(resultOf(await kernel.run("Promise.resolve([Promise.resolve(1)])"))).toBe("Promise { [ Promise { 1 } ] }");
    expect(resultOf(await kernel.run("setTimeout(() => undefined)"))).not.toContain("kResourceStore");
  });

  test("loses none of 20,000 lines in a burst, and the cell after it keeps its output", async () => {
    const burst = kernel.send("execute_request", { code: "for (let i = 0; i < 20_000; i++) console.log(i);" });
    const after = await kernel.run('console.log("after")');
    expect(printed(await kernel.answer(burst))).toBe(Array.from({ length: 20_000 }, (_, i) => `${i}\n`).join(""));
    expect(printed(after)).toBe("after\n");
  });

  test("tells an error with the lines of its cell, and aborts the cells that wait, without numbers", async () => {
    const ids = ['console.log("one");\nthrow new RangeError("no");', "1", "2"].map((code) => kernel.send("execute_request", { code }));
    const [first, ...others] = await Promise.all(ids.map((id) => kernel.answer(id)));
    const count = first.reply.execution_count as number;
    const error = { ename: "RangeError", evalue: "no", traceback: ["RangeError: no", `    at In [${count}]:2:7`] };
    expect(first.reply).toMatchObject({ status: "error", ...error });
    expect(first.outputs.at(-1)).toEqual(["error", error]);
    expect(others.map(({ reply, outputs }) => [reply, outputs])).toEqual([
      [{ status: "aborted" }, []],
      [{ status: "aborted" }, []],
    ]);
    expect((await kernel.run("1")).reply.execution_count).toBe(count + 1);
  });

  test("goes on after an error when it is told to", async () => {
    const first = kernel.send("execute_request", { code: "throw new Error()", stop_on_error: false });
    const second = await kernel.run("6");
    expect((await kernel.answer(first)).reply.status).toBe("error");
    expect(resultOf(second)).toBe("6");
  });

  test("tells a rejection that nobody handles in its cell, and what fails after the cell's end beside that cell", async () => {
    const { reply } = await kernel.run('Promise.reject(new TypeError("nobody waits"));');
    expect(reply).toMatchObject({ status: "error", ename: "TypeError", evalue: "nobody waits" });
    const late = await kernel.run('setTimeout(() => { console.log("late"); throw new RangeError("too late"); }, 100); undefined');
    expect(late.reply.status).toBe("ok");
    const other = await kernel.run("await new Promise((resolve) => setTimeout(resolve, 400)); 9");
    expect([resultOf(other), printed(other)]).toEqual(["9", ""]);
    const error = await kernel.waitFor(({ content }) => content.evalue === "too late");
    const { content: input } = await kernel.waitFor(
      ({ header, parent }) => header.msg_type === "execute_input" && parent.msg_id === error.parent.msg_id,
    );
    expect(input.code).toContain("too late");
    expect(error.content.traceback).toEqual([
      "RangeError: too late",
      expect.stringContaining(`In [${late.reply.execution_count as number}]:1:`) as string,
    ]);
  });

  test.each([
    ["that counts for ever", "while (true) {}", "the cell was interrupted"],
    [
      "that counts for ever after a wait",
      "await Promise.resolve(); await new Promise((r) => setTimeout(r, 1)); while (true) {}",
      "the cell was interrupted",
    ],
    [
      "that waits for ever",
      "await new Promise(() => undefined)",
      "the cell was interrupted, but what it had started may go on: it does not heed cellSignal()",
    ],
    [
      "that heeds the signal",
      'import { cellSignal } from "facebridge/kernel";\nimport { setTimeout as wait } from "node:timers/promises";\nawait wait(60_000, 0, { signal: cellSignal() });',
      "the cell was interrupted",
    ],
  ])("interrupts a cell %s", async (_, code, message) => {
    const id = kernel.send("execute_request", { code });
    const waiting = kernel.send("execute_request", { code: "1" });
    await kernel.waitFor(({ header, parent }) => header.msg_type === "execute_input" && parent.msg_id === id);
    await pause(500);
    expect((await kernel.request("interrupt_request", {}, "control")).reply).toEqual({ status: "ok" });
    const { reply } = await kernel.answer(id);
    expect(reply).toMatchObject({ status: "error", ename: "Interrupted", evalue: message });
    expect((await kernel.answer(waiting)).reply.status).toBe("aborted");
    expect(resultOf(await kernel.run("40 + 2"))).toBe("42");
  });

  test("an interrupt of nothing does nothing", async () => {
    await kernel.request("interrupt_request", {}, "control");
    expect(resultOf(await kernel.run("await new Promise((r) => setTimeout(r, 500)); 3"))).toBe("3");
  });

  test("answers questions while a cell runs, and says that it is still busy", async () => {
    const id = kernel.send("execute_request", { code: "await new Promise((r) => setTimeout(r, 1000));" });
    const { reply } = await kernel.request("complete_request", { code: "process.argv", cursor_pos: 12 });
    expect(reply).toMatchObject({ status: "ok", cursor_start: 8, cursor_end: 12 });
    const idle = kernel.published.findLastIndex(({ content }) => content.execution_state === "idle");
    await kernel.waitFor(() => kernel.published.length > idle + 1);
    expect(kernel.published[idle + 1]).toMatchObject({ content: { execution_state: "busy" }, parent: { msg_id: id } });
    await kernel.answer(id);
  });

  test("completes and explains with the types and comments of the package, by characters", async () => {
    await kernel.run('import { createRandom } from "facebridge/core"; const smile = "😀";');
    const code = "/* 😀 */ createRandom(1).unif";
    const { reply } = await kernel.request("complete_request", { code, cursor_pos: Array.from(code).length });
    expect(reply).toMatchObject({ matches: ["uniform"], cursor_start: 24, cursor_end: 28 });
    const found = (await kernel.request("inspect_request", { code: "createRandom(", cursor_pos: 13, detail_level: 0 })).reply;
    expect((found.data as Record<string, string>)["text/plain"]).toMatch(
      /createRandom\(seed: number\): Random\n[^]*Start the stream of `seed`/,
    );
  });

  test("gives the values of a front-end's expressions", async () => {
    const { reply } = await kernel.run("const width = 512;", { user_expressions: { half: "width / 2", none: "nothing" } });
    expect(reply.user_expressions).toMatchObject({ half: { status: "ok", data: { "text/plain": "256" } }, none: { status: "error" } });
  });

  test("knows no comms, and closes one that is opened", async () => {
    expect((await kernel.request("comm_info_request", {})).reply).toEqual({ status: "ok", comms: {} });
    kernel.send("comm_open", { comm_id: "c", target_name: "t", data: {} });
    expect((await kernel.waitFor(({ header }) => header.msg_type === "comm_close")).content).toEqual({ comm_id: "c", data: {} });
  });

  test("takes SIGINT as an interrupt", async () => {
    const id = kernel.send("execute_request", { code: "for (;;) {}" });
    await kernel.waitFor(({ header, parent }) => header.msg_type === "execute_input" && parent.msg_id === id);
    await pause(300);
    kernel.process.kill("SIGINT");
    expect((await kernel.answer(id)).reply).toMatchObject({ ename: "Interrupted" });
  });
});

test("says when a cell cannot be broken off, and can be shut down", { timeout: patience }, async () => {
  const kernel = await startKernel();
  const id = kernel.send("execute_request", { code: "await 0; while (true) await 0;" });
  await kernel.waitFor(({ header, parent }) => header.msg_type === "execute_input" && parent.msg_id === id);
  await pause(300);
  kernel.send("interrupt_request", {}, "control");
  const said = await kernel.waitFor(({ header, parent }) => header.msg_type === "stream" && parent.msg_id === id);
  expect(said.content).toEqual({
    name: "stderr",
    text: "this cell cannot be broken off: it awaits without ever giving way to the event loop; restart the kernel\n",
  });
  expect(await kernel.stop()).toBeNull();
});

test.each(["1", "setInterval(() => undefined, 10)", "await new Promise(() => undefined)", "while (true) {}"])(
  "shuts down when its last cell was %s",
  async (code) => {
    const kernel = await startKernel();
    await kernel.run("0"); // the first cell waits for the compiler
    kernel.send("execute_request", { code });
    await pause(300);
    expect(await kernel.stop()).toBe(code.startsWith("while") ? null : 0);
  },
  patience,
);
