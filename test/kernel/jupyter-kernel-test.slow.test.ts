import path from "node:path";
import { expect, test } from "vitest";
import { hasJupyter, runPython } from "./jupyter.js";

/** Without -I Python would take our script for the package of the same name. */
test.skipIf(!hasJupyter)("passes the Jupyter project's own tests of kernels, none of them skipped", async () => {
  const { code, text } = await runPython(["-I", path.join(import.meta.dirname, "jupyter_kernel_test.py"), "--verbose"]);
  expect(text).toMatch(/\nOK\n$/);
  expect(code).toBe(0);
});
