import { expect, test } from "vitest";
import { needWorkingCopy } from "../../lib/cli/working-copy.js";
import { projectFolder } from "../../lib/data/locate.js";
import { temporaryFolder } from "../temporary-folder.js";

test("commands on notebooks say that the library alone has none", async () => {
  const folder = await temporaryFolder();
  expect(() => { needWorkingCopy("lab", folder); }).toThrow(`lab: ${folder} is the library alone; notebooks, kernel and lab are in the repository: clone it, and run npm ci`); // prettier-ignore
  expect(() => { needWorkingCopy("lab", projectFolder); }).not.toThrow(); // prettier-ignore
});
