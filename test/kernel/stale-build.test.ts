import { mkdir, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { createKernel } from "../../lib/kernel/kernel.js";
import { describeStaleBuild } from "../../lib/kernel/stale-build.js";
import type { Session } from "../../lib/kernel/session.js";
import { protocolVersion, type Message } from "../../lib/kernel/wire.js";
import { temporaryFolder } from "../temporary-folder.js";

/** A project of two sources, built at second 1000 of 1970. */
async function project(sourceTimes: readonly number[]): Promise<string> {
  const root = await temporaryFolder();
  const files = [
    ...sourceTimes.map((seconds, i) => ["lib/align/" + `map-${i}.ts`, seconds] as const),
    ["dist/.tsbuildinfo", 1000] as const,
  ];
  for (const [name, seconds] of files) {
    const file = path.join(root, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, "");
    await utimes(file, seconds, seconds);
  }
  return root;
}

test("a build is stale when a source is newer, and the notice says which and what to do", async () => {
  expect(describeStaleBuild(await project([900, 1000]))).toBeNull();
  const root = await project([1001, 900]);
  const file = path.join("lib", "align", "map-0.ts");
  expect(describeStaleBuild(root)).toBe(`the build is stale: ${file} is newer; run "npm run build" and restart the kernel\n`);
  expect(describeStaleBuild(await project([1001, 1002, 1003]))).toContain("and 2 more are newer");
});

test("without sources there is nothing to be stale", async () => {
  expect(describeStaleBuild(await temporaryFolder())).toBeNull();
});

test("the first cell shows the notice, the ones after it and silent ones do not", async () => {
  const published: Message[] = [];
  const session = { count: 0, execute: () => Promise.resolve({ status: "ok", count: 1 }) } as unknown as Session;
  const ignore = (): void => undefined;
  const publish = (message: Message): void => void published.push(message);
  const questions = {} as never;
  const kernel = createKernel({ session, questions, publish, interrupt: ignore, shutdown: ignore, notice: "stale\n" });
  const run = (id: string, silent: boolean): Promise<Message> => {
    const header = { msg_id: id, msg_type: "execute_request", username: "", session: "", date: "", version: protocolVersion };
    const request = { identities: [], header, parent: {}, metadata: {}, content: { code: "1", silent } };
    return new Promise((resolve) => { kernel.receive(request, resolve); }); // prettier-ignore
  };
  await run("hidden", true);
  await run("first", false);
  await run("second", false);
  const shown = published.filter(({ header }) => header.msg_type === "stream");
  expect(shown.map(({ parent, content }) => [parent.msg_id, content])).toEqual([["first", { name: "stderr", text: "stale\n" }]]);
});
