import { expect, test } from "vitest";
import { runNotebook } from "../../lib/kernel/index.js";
import { notebookOf } from "./notebooks.js";

test("names of earlier cells are found in shorthand properties, also in a destructuring assignment", async () => {
  const cells = [
    "let a = 1;\nlet b = 2;\nconst c = { d: 3 };",
    "const later = await Promise.resolve(0);",
    "const made = { a, later, f: () => ({ b }) };\n({ a, b = 5 } = { a: 10 } as { a: number; b?: number });\nconsole.log(JSON.stringify([made, made.f(), a, b, c]));",
  ];
  const { notebook, failure } = await runNotebook(notebookOf(...cells));
  expect(failure).toBeNull();
  expect(notebook.cells.at(-1)).toMatchObject({ outputs: [{ text: '[{"a":1,"later":0},{"b":5},10,5,{"d":3}]\n' }] });
});

test("a property that is taken apart keeps its name, though an earlier cell declared it", async () => {
  const cells = [
    "const pairs = [{ map: 1, clouds: { points: 2 } }];\nlet rest = 0;",
    "const sums = pairs.map(({ map, clouds: { points } }) => map + points);\n({ clouds: { points: rest } } = pairs[0]);\nconsole.log(sums, rest, { map: 5, clouds: sums });",
  ];
  const { notebook, failure } = await runNotebook(notebookOf(...cells));
  expect(failure).toBeNull();
  expect(notebook.cells.at(-1)).toMatchObject({ outputs: [{ text: "[ 3 ] 2 { map: 5, clouds: [ 3 ] }\n" }] });
});

test("a name of an earlier cell keeps its value when a cell exports it", async () => {
  const { notebook, failure } = await runNotebook(notebookOf("const seed = 7;", "export { seed, seed as start };", "console.log(seed);"));
  expect(failure).toBeNull();
  expect(notebook.cells.at(-1)).toMatchObject({ outputs: [{ text: "7\n" }] });
});
