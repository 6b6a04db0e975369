import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { runNotebookCommand } from "../../lib/cli/run.js";
import { writeNotebook } from "../../lib/notebook/nbformat.js";
import { notebookOf } from "../kernel/notebooks.js";
import { temporaryFolder } from "../temporary-folder.js";

const parameters = 'let seed = 0; // of the split\nlet fractions = [0.1, 1];\nlet set = "lfw";';

/** A command that must be refused before it runs anything, with what it says. */
async function refusal(options: { set?: string[]; grid?: string[]; params?: string }): Promise<string> {
  const folder = await temporaryFolder();
  const file = path.join(folder, "sample.ipynb");
  await writeNotebook(file, notebookOf({ source: parameters, tags: ["parameters"] }, 'throw new Error("it ran");'));
  const params = options.params === undefined ? {} : { params: path.join(folder, "given.yaml") };
  if (params.params !== undefined) await writeFile(params.params, options.params!);
  const given = { set: [], grid: [], cache: true, out: path.join(folder, "runs"), ...options, ...params };
  const failure: unknown = await runNotebookCommand(file, given).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Error);
  return `${(failure as Error).name}: ${(failure as Error).message}`.replaceAll(folder, "…");
}

test.each<[Parameters<typeof refusal>[0], string]>([
  [{ set: ["seeds=1"] }, 'ValueError: readParameter: the notebook has no parameter "seeds"; did you mean "seed"'],
  [{ set: ["seed=one"] }, 'ValueError: readParameter: seed is "one"; it must be of type number (of the split)'],
  [{ set: ["seed"] }, "ValueError: run: got --set seed; it must be name=value"],
  [{ grid: ["seed=5..1"] }, "ValueError: run: --grid seed=5..1 names no value; give a list between commas, or first..last"],
  [{ params: "seed: one" }, 'ValueError: checkParameters: seed is "one"; it must be of type number (of the split)'],
  [{ params: '{"fractions": [0.1, "x"]}' }, 'ValueError: checkParameters: fractions is [0.1,"x"]; it must be of type number[]'],
  [{ params: "sead: 1" }, 'ValueError: checkParameters: the notebook has no parameter "sead"; did you mean "seed"'],
  [{ params: "- 1" }, "DataError: run: …/given.yaml must hold one object of parameters, as YAML or JSON"],
  [{ params: "a: [1" }, "DataError: run: …/given.yaml cannot be read (Flow sequence in block collection must"],
])("refuses %j before anything runs", async (options, text) => {
  expect((await refusal(options)).slice(0, text.length)).toBe(text);
});

test("names the folder in which it looked for a notebook", async () => {
  const failure = runNotebookCommand("no-such", { set: [], grid: [], cache: true });
  await expect(failure).rejects.toThrow(
    /^run: there is no notebook no-such; give the name of a file in .*notebooks; there are: 00-from-images-to-embeddings, 01-/,
  );
  const misspelt = runNotebookCommand("01-do-network-see-alike", { set: [], grid: [], cache: true });
  await expect(misspelt).rejects.toThrow('notebooks; did you mean "01-do-networks-see-alike"? There are: ');
});

test("takes one of the project's notebooks by its number", async () => {
  const failure = runNotebookCommand("13", { set: ["oen=x"], grid: [], cache: true });
  await expect(failure).rejects.toThrow('the notebook has no parameter "oen"; did you mean "own"');
});
