import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { addedEmbeddings, findEmbeddings, ownEmbeddings } from "../../lib/data/embedding-folders.js";
import { packFolder } from "../../lib/data/locate.js";
import { ownLocalFolder } from "../own-local-folder.js";

async function put(folder: string): Promise<void> {
  await mkdir(path.join(folder, "lfw"), { recursive: true });
  await writeFile(path.join(folder, "lfw", "mine.safetensors"), "");
}

test("a set is found in the pack, then among what was embedded, then among what was added", async () => {
  await ownLocalFolder();
  expect(await findEmbeddings("lfw", "mine")).toBe(packFolder); // which tells what there is
  await put(addedEmbeddings("mine"));
  expect(await findEmbeddings("lfw", "mine")).toBe(addedEmbeddings("mine"));
  await put(ownEmbeddings());
  expect(await findEmbeddings("lfw", "mine")).toBe(ownEmbeddings());
  expect(await findEmbeddings("lfw", "face_esp_mbf")).toBe(packFolder);
});

test("without the pack, as in the published package, a set that is nowhere is told with where the pack goes", async () => {
  const pack = path.join(await ownLocalFolder(), "data");
  await expect(findEmbeddings("lfw", "mine", pack)).rejects.toThrow(
    `there is no lfw/mine.safetensors in ${ownEmbeddings()} or ${addedEmbeddings("mine")}, and the pack is not in the published package; ` +
      "copy the repository's data/ to the former, name another folder (openStudy({ folder }), align --from)",
  );
  await put(ownEmbeddings());
  expect(await findEmbeddings("lfw", "mine", pack)).toBe(ownEmbeddings());
});
