import { createHmac, randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { createRandom } from "../../lib/core/index.js";
import { encodeMessage, protocolVersion, type Content, type Frame } from "../../lib/kernel/wire.js";
import { resultOf, startKernel, type KernelClient } from "./kernel-client.js";

const sequences = 200;
const seed = 4;

function frames(type: string, content: Content, key: string): Frame[] {
  const header = { msg_id: randomUUID(), msg_type: type, username: "x", session: "x", date: "", version: protocolVersion };
  return encodeMessage({ identities: [], header, parent: {}, metadata: {}, content }, key);
}

/** Frames of parts that are signed rightly, whatever they hold. */
function signed(parts: readonly string[], key: string): Uint8Array[] {
  const hash = createHmac("sha256", key);
  for (const part of parts) hash.update(part);
  return ["<IDS|MSG>", hash.digest("hex"), ...parts].map((part) => Buffer.from(part));
}

/** Each does one odd thing to the kernel. */
const mischief: readonly ((kernel: KernelClient) => void)[] = [
  (kernel) => { kernel.sendFrames([Buffer.from("nothing of a message")]); },
  (kernel) => { kernel.sendFrames(signed(["{", "{}", "{}", "{}"], kernel.key)); },
  (kernel) => { kernel.sendFrames(signed(["[]", "1", "null", '"text"'], kernel.key)); },
  (kernel) => { kernel.sendFrames(signed(["{}"], kernel.key), "control"); },
  (kernel) => { kernel.sendFrames(frames("execute_request", { code: "process.exit(1)" }, "another key")); },
  (kernel) => { kernel.sendFrames(frames("kernel_info_request", {}, ""), "control"); },
  (kernel) => { kernel.send("unknown_request", { a: [1] }); },
  (kernel) => { kernel.send("constructor", {}); },
  (kernel) => { kernel.send("execute_request", { code: 5 }); },
  (kernel) => { kernel.send("execute_request", { code: `const long = "${"y".repeat(2_000_000)}";` }); },
  (kernel) => { kernel.send("execute_request", { code: "throw { toString() { throw new Error(); } }" }); },
  (kernel) => { kernel.send("execute_request", { code: "throw undefined" }); },
  (kernel) => { kernel.send("execute_request", { code: 'process.stdout.write("z".repeat(10_000_000))' }); },
  (kernel) => { kernel.send("execute_request", { code: "await new Promise(() => undefined)" }); kernel.send("interrupt_request", {}, "control"); },
  (kernel) => { kernel.send("execute_request", { code: "await new Promise((r) => setTimeout(r, 1)); while (true) {}" }); kernel.send("interrupt_request", {}, "control"); },
  (kernel) => { kernel.send("execute_request", { code: "setTimeout(() => { throw null; }, 1)" }); },
  (kernel) => { kernel.send("complete_request", { code: "proc", cursor_pos: -3 }); kernel.send("inspect_request", { code: null }); },
  (kernel) => { kernel.send("is_complete_request", {}); kernel.send("history_request", { hist_access_type: "search", pattern: "[(*" }); },
  (kernel) => { kernel.send("comm_msg", { comm_id: "none" }); kernel.send("interrupt_request", {}, "control"); },
]; // prettier-ignore

test(`${sequences} odd sequences of messages (seed ${seed}) leave the kernel alive and answering`, async () => {
  const random = createRandom(seed);
  const kernel = await startKernel();
  for (let i = 0; i < sequences; i++) {
    const length = 1 + Math.floor(random.uniform() * 4);
    const done = Array.from({ length }, () => Math.floor(random.uniform() * mischief.length));
    for (const which of done) mischief[which](kernel);
    // What waits for ever is interrupted until the kernel is free.
    const id = kernel.send("execute_request", { code: `${i} + 1`, stop_on_error: false });
    const answered = kernel.answer(id);
    while ((await Promise.race([answered, new Promise((resolve) => setTimeout(resolve, 600, null))])) === null) {
      kernel.send("interrupt_request", {}, "control");
    }
    const { reply } = await answered;
    if (reply.status !== "aborted") expect(resultOf(await answered), `sequence ${i}: ${done.join(" ")}`).toBe(String(i + 1));
    expect(kernel.process.exitCode).toBeNull();
  }
  expect(resultOf(await kernel.run("6 * 7"))).toBe("42");
  expect(await kernel.stop()).toBe(0);
});
