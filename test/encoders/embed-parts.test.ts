import { existsSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { writeAtomically } from "../../lib/data/atomic-file.js";
import { finishedBlocks, removeParts } from "../../lib/encoders/embed-parts.js";
import { temporaryFolder } from "../temporary-folder.js";

test("a part folder is taken away while another run writes to it, and neither fails", async () => {
  const folder = path.join(await temporaryFolder(), "parts");
  const write = async (): Promise<void> => {
    for (let block = 0; block < 200; block++) await writeAtomically(path.join(folder, `${block}.f32`), [Buffer.alloc(64)]);
  };
  let isWriting = true;
  const remove = async (): Promise<void> => {
    while (isWriting) await removeParts(folder);
  };
  const writing = Promise.all([write(), write()]).finally(() => (isWriting = false));
  await Promise.all([writing, remove(), remove()]);
  await writeAtomically(path.join(folder, "7.f32"), [Buffer.alloc(64)]);
  expect([...(await finishedBlocks(folder))]).toContain(7);
  await removeParts(folder);
  expect(existsSync(folder)).toBe(false);
});
