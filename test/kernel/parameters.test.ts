import { describe, expect, test } from "vitest";
import { injectParameters } from "../../lib/kernel/parameters.js";
import { notebookOf } from "./notebooks.js";

const declared = { source: "let count = 3;", tags: ["parameters"] };

describe("parameters of a notebook", () => {
  test("are assigned in a cell after the one that declares them", () => {
    const { cells } = injectParameters(notebookOf("1", declared, "2"), { count: 5, names: ["a", 'b"'] });
    expect(cells.map(({ source }) => source)).toEqual([
      "1",
      "let count = 3;",
      '// Parameters of this run\ncount = 5;\nnames = ["a","b\\""];',
      "2",
    ]);
    expect(cells[2]).toMatchObject({ id: "injected-parameters", metadata: { tags: ["injected-parameters"] } });
  });

  test("take the place of those of an earlier run", () => {
    const once = injectParameters(notebookOf(declared), { count: 5 });
    const twice = injectParameters(once, { count: 6 });
    expect(twice.cells.map(({ source }) => source)).toEqual(["let count = 3;", "// Parameters of this run\ncount = 6;"]);
  });

  test("leave the notebook as it is when there are none", () => {
    const notebook = notebookOf("1");
    expect(injectParameters(notebook, {})).toBe(notebook);
  });

  test("need a cell that declares them", () => {
    expect(() => injectParameters(notebookOf("1"), { count: 5 })).toThrow(
      'injectParameters: got count for a notebook without parameters; tag the cell that declares them "parameters"',
    );
  });

  test("have names of variables", () => {
    expect(() => injectParameters(notebookOf(declared), { "x; stop()": 1 })).toThrow(
      'injectParameters: "x; stop()" is no name of a variable; use one that the parameters cell declares',
    );
  });

  test.each([
    [NaN, "NaN"],
    [undefined, "undefined"],
    [[1, Infinity], "Infinity"],
  ])("are values of JSON (%s)", (value, found) => {
    expect(() => injectParameters(notebookOf(declared), { count: value })).toThrow(
      `injectParameters: count holds ${found}; a parameter is a finite number, text, true, false, null, or a list or object of them`,
    );
  });
});
