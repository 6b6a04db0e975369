import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { DataError } from "../../lib/core/errors.js";
import { explainAbsence, type OptionalPackage } from "../../lib/core/optional-package.js";

/** What loading a package of that name ends in. */
function failureOf(name: string): Error {
  try {
    return createRequire(import.meta.url)(name) as Error;
  } catch (error) {
    return error as Error;
  }
}

const absent = "facebridge-absent" as OptionalPackage;

test("a package that is not installed is told with the line that installs it", () => {
  const error = explainAbsence(failureOf(`${absent}/part.js`), absent, "tableOf");
  expect(error).toBeInstanceOf(DataError);
  expect(error.message).toMatch(/^tableOf: the package facebridge-absent is not installed; run: npm install facebridge-absent@/);
  const imported = Object.assign(new Error("Cannot find package 'tslab' imported from here"), { code: "ERR_MODULE_NOT_FOUND" });
  expect(explainAbsence(imported, "tslab", "run").message).toMatch(/^run: .* run: npm install tslab@\d+\.\d+\.\d+$/);
});

test("what else goes wrong in loading it, a package that it lacks itself among that, stays as it is", () => {
  const inner = failureOf("facebridge-absent");
  expect(explainAbsence(inner, "tslab", "run")).toBe(inner);
  const broken = new Error("'tslab' is damaged");
  expect(explainAbsence(broken, "tslab", "run")).toBe(broken);
});
