import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { DataError } from "../../lib/core/errors.js";
import { localFolder, projectFolder, resolveDataFolder, workFolder } from "../../lib/data/index.js";
import { nearestOf } from "../../lib/data/nearest.js";
import { temporaryFolder } from "../temporary-folder.js";

test("the package's folder is the one with its package.json", () => {
  expect(existsSync(path.join(projectFolder, "package.json"))).toBe(true);
});

test("the data folder is the option, else FACEBRIDGE_DATA", async () => {
  const [one, other] = [await temporaryFolder(), await temporaryFolder()];
  expect(resolveDataFolder(one, { FACEBRIDGE_DATA: other })).toBe(one);
  expect(resolveDataFolder(undefined, { FACEBRIDGE_DATA: other })).toBe(other);
});

test("without a data folder, or with a file for one, it says what to do", async () => {
  expect(() => resolveDataFolder(undefined, {})).toThrow(DataError);
  expect(() => resolveDataFolder(undefined, {})).toThrow(
    "no data folder was named; give --data <folder> or set FACEBRIDGE_DATA to the folder",
  );
  const file = path.join(await temporaryFolder(), "file");
  await writeFile(file, "");
  expect(() => resolveDataFolder(file)).toThrow(`${file} is no folder; name the one that holds encoders/ and faces/`);
});

test("the nearest word has the fewest edits, and none is near when all differ much", () => {
  expect(nearestOf("meen", ["mean", "scale"])).toBe("mean");
  expect(nearestOf("LFW", ["cfp", "lfw"])).toBe("lfw");
  expect(nearestOf("webface", ["cfp", "lfw"])).toBeNull();
});

test("runs/ and local/ are in the working copy, and in the current folder where the package is installed in a project", () => {
  expect(workFolder()).toBe(projectFolder);
  expect(workFolder(path.join("/project", "node_modules", "facebridge"))).toBe(process.cwd());
});

test("what the user adds lies where FACEBRIDGE_LOCAL says, and in local/ where it is unset or empty", () => {
  expect(localFolder({ FACEBRIDGE_LOCAL: "/elsewhere" })).toBe(path.resolve("/elsewhere"));
  for (const environment of [{}, { FACEBRIDGE_LOCAL: "" }]) expect(localFolder(environment)).toBe(path.join(projectFolder, "local"));
});
