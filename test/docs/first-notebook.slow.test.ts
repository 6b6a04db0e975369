import path from "node:path";
import { expect, test } from "vitest";
import { recordRun } from "../../lib/kernel/run-record.js";
import { writeNotebook } from "../../lib/notebook/nbformat.js";
import { readResultFile } from "../../lib/study/result-file.js";
import { notebookOf } from "../kernel/notebooks.js";
import { temporaryFolder } from "../temporary-folder.js";
import { listBlocks } from "./pages.js";

test("the first notebook of the docs runs from top to bottom, also with other parameters", async () => {
  const folder = await temporaryFolder();
  const cells = listBlocks("ts").filter(({ page }) => page === "docs/first-notebook.md");
  const notebook = notebookOf(...cells.map(({ code }) => (code.startsWith("let ") ? { source: code, tags: ["parameters"] } : code)));
  const file = path.join(folder, "how-few-people.ipynb");
  await writeNotebook(file, notebook);
  const parameters = { source: "face_mobileface_v2", fractions: [0.1, 1] };
  const run = await recordRun(file, { parameters, out: path.join(folder, "runs") });
  expect(run.failure).toBeNull();
  const rows = await readResultFile(path.join(run.folder, "how-few-people.json"));
  expect(new Set(rows.map(({ source, experiment }) => `${source} ${experiment}`))).toEqual(
    new Set(["face_mobileface_v2 how-few-people/0.1", "face_mobileface_v2 how-few-people/1"]),
  );
});
