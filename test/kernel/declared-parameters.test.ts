import { describe, expect, test } from "vitest";
import { ValueError } from "../../lib/core/errors.js";
import { checkParameters, declaredParameters, readParameter } from "../../lib/kernel/declared-parameters.js";
import { notebookOf } from "./notebooks.js";

const source = [
  'let testSet = "lfw"; // study set',
  "let seed = 0; // of the split",
  "let shift = -1.5;",
  "let fractions = [0.1, 0.5]; // shares",
  "let encoders: string[] = []; // ids",
  "let all = true;",
  'let frame: "centred" | "raw" = "centred";',
  "const fixed = 3;",
  "let computed = fixed + 1;",
].join("\n");
const notebook = notebookOf("1", { source, tags: ["parameters"] });

describe("declared parameters", () => {
  test("are the lets of the tagged cell, with type, value and comment", () => {
    const found = declaredParameters(notebook);
    expect(found.map(({ name, type, value }) => [name, type, value])).toEqual([
      ["testSet", "string", "lfw"],
      ["seed", "number", 0],
      ["shift", "number", -1.5],
      ["fractions", "number[]", [0.1, 0.5]],
      ["encoders", "string[]", []],
      ["all", "boolean", true],
      ["frame", '"centred" | "raw"', "centred"],
      ["computed", "number", undefined],
    ]);
    expect(found.map(({ comment }) => comment).slice(0, 3)).toEqual(["study set", "of the split", ""]);
    expect(declaredParameters(notebookOf("let seed = 1;"))).toEqual([]);
  });

  test("take values of their own types", () => {
    const values = { testSet: "cfp", seed: 3, fractions: [1], encoders: ["a", "b"], all: false, frame: "raw" };
    expect(() => { checkParameters(notebook, values); }).not.toThrow(); // prettier-ignore
  });

  test.each<[string, Record<string, unknown>, string | RegExp]>([
    ["a name that is nearly one", { seedd: 1 }, 'checkParameters: the notebook has no parameter "seedd"; did you mean "seed"? There are: testSet, seed,'],
    ["a constant", { fixed: 1 }, 'the notebook has no parameter "fixed"'],
    ["a text for a number", { testSet: "cfp", seed: "1" }, 'checkParameters: seed is "1"; it must be of type number (of the split): Type \'string\' is not assignable'],
    ["texts for numbers", { fractions: ["a"] }, 'checkParameters: fractions is ["a"]; it must be of type number[] (shares)'],
    ["a text that is none of those", { frame: "rawr" }, /frame is "rawr"; it must be of type "centred" \| "raw": .*Did you mean '"raw"'\?/],
    ["null", { seed: null }, "checkParameters: seed is null; it must be of type number"],
  ])("refuse %s", (_, values, message) => {
    expect(() => { checkParameters(notebook, values); }).toThrow(ValueError);
    expect(() => { checkParameters(notebook, values); }).toThrow(message);
  }); // prettier-ignore

  test.each([
    ["testSet", "7", "7"],
    ["seed", "7", 7],
    ["fractions", "0.1,1", [0.1, 1]],
    ["fractions", "[0.1]", [0.1]],
    ["encoders", "a, b", ["a", "b"]],
    ["encoders", "", []],
    ["all", "false", false],
    ["frame", "raw", "raw"],
  ])("are read from a shell: %s=%s", (name, text, value) => {
    expect(readParameter(declaredParameters(notebook), name, text)).toEqual(value);
  });

  test("say what a text cannot be", () => {
    const declared = declaredParameters(notebook);
    expect(() => readParameter(declared, "seed", "seven")).toThrow(
      'readParameter: seed is "seven"; it must be of type number (of the split)',
    );
    expect(() => readParameter(declared, "fractions", "0.1,x")).toThrow(
      'readParameter: fractions is "x"; it must be of type number[] (shares)',
    );
    expect(() => readParameter(declared, "seeed", "1")).toThrow('the notebook has no parameter "seeed"; did you mean "seed"?');
  });
});
