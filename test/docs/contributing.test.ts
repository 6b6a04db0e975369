import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { loadEncoderManifest } from "../../lib/data/load-encoders.js";
import { projectFolder } from "../../lib/data/locate.js";
import { temporaryFolder } from "../temporary-folder.js";
import { listBlocks } from "./pages.js";

test("the manifest of a network that the guide shows is taken", async () => {
  const { code } = listBlocks("json").find(({ page }) => page === "CONTRIBUTING.md")!;
  const folder = await temporaryFolder();
  await mkdir(path.join(folder, "encoders"));
  await writeFile(path.join(folder, "encoders/face_mine.json"), code);
  expect(await loadEncoderManifest("face_mine", { folder })).toMatchObject({ id: "face_mine", dimension: 512, packed: false });
});

test("every notebook has its line in the list of notebooks", async () => {
  const list = await readFile(path.join(projectFolder, "docs/notebooks.md"), "utf8");
  const names = (await readdir(path.join(projectFolder, "notebooks"))).filter((name) => name.endsWith(".ipynb"));
  expect(names.filter((name) => !list.includes(`](../notebooks/${name})`))).toEqual([]);
});
