import { existsSync } from "node:fs";
import { cp, mkdir, readFile, rm, symlink, unlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { localFolder, manifestFolder } from "../../lib/data/locate.js";
import { ownLocalFolder } from "../own-local-folder.js";
import { realDataFolder } from "../real-data.js";
import { temporaryFolder } from "../temporary-folder.js";
import { facebridge, smallDataFolder } from "./small-data.js";

test("data list names every network and face set with its licence and host, or that it is the user's own", async () => {
  await ownLocalFolder();
  const manifest = await readFile(path.join(manifestFolder, "encoders/face_esp_mbf.json"), "utf8");
  await mkdir(path.join(localFolder(), "encoders"), { recursive: true });
  await writeFile(path.join(localFolder(), "encoders/mine.json"), manifest.replaceAll('"face_esp_mbf"', '"mine"'));
  const { code, stdout } = await facebridge(["data", "list", "--data", await temporaryFolder()]);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^face_faceres +network +6.7 MiB +npm @vladmandic\/human-models +MIT \(the npm package\); upstream licence not found +missing$/m,
  );
  expect(stdout).toMatch(/^vis_sam_vit_b +network +\? +huggingface.co \(unverified\) +Apache-2.0 +missing$/m);
  expect(stdout).toMatch(new RegExp(`^mine +network +\\? +your own +MIT +in ${localFolder()}$`, "m"));
  expect(stdout).toMatch(/^cfp +face set +82.3 MiB +www.cfpw.io +research use +missing$/m);
});

test("data check tells what is damaged or missing, and ends with an error", async () => {
  const folder = await temporaryFolder();
  expect((await facebridge(["data", "check", "--data", folder])).code).toBe(0);
  await mkdir(path.join(folder, "encoders"));
  await writeFile(path.join(folder, "encoders/face_esp_mbf.onnx"), "cut");
  const damaged = await facebridge(["data", "check", "--data", folder]);
  expect([damaged.code, damaged.stdout]).toEqual([1, expect.stringMatching(/^face_esp_mbf +network +wrong size$/m)]);
  expect(damaged.stderr).toContain(
    "data check: face_esp_mbf: missing, or not what the manifest says; run: facebridge data get face_esp_mbf --data ",
  );
  expect((await facebridge(["data", "check", "face_faceres", "--data", folder])).code).toBe(1);
});

test("mistakes end in one line: an unknown id, a licence that was not accepted, a folder that is not there", async () => {
  const folder = await temporaryFolder();
  const cases: [string[], string][] = [
    [
      ["data", "get", "face_facere", "--data", folder],
      'DataError: loadDownload: no network or face set "face_facere"; did you mean "face_faceres"?',
    ],
    [["data", "get", "cfp", "--data", folder], "LicenceError: getData: cfp is of restricted use (research use); read its terms"],
    [["data", "get", "face_esp_mbf", "--data", folder], "DataError: getData: no address of face_esp_mbf is known; get it by hand"],
    [["data", "import", path.join(folder, "nothing"), "--data", folder], "DataError: importData: no file or folder"],
    [["doctor", "--data", path.join(folder, "nothing")], "DataError: resolveDataFolder: "],
  ];
  for (const [args, message] of cases) {
    const { code, stderr } = await facebridge(args);
    expect([code, stderr.trim().split("\n")], args.join(" ")).toEqual([1, [expect.stringContaining(message)]]);
  }
});

const real = realDataFolder();

describe.skipIf(real === null)("facebridge embed", () => {
  test("names the detectors and encoders that there are when another is asked for", async () => {
    await ownLocalFolder();
    const data = await smallDataFolder();
    const embed = (...more: string[]) => facebridge(["embed", "--faces", "lfw", "--data", data, "--out", path.join(data, "out"), ...more]);
    expect((await embed("--detector", "det_mtcnn")).stderr).toContain(
      'chooseDetector: no face detector "det_mtcnn"; give det_blazeface or det_scrfd_2.5g_bnkps',
    );
    expect((await embed("--encoders", "face_x")).stderr).toContain('embed: no encoder "face_x"; there are: all, packed, face_adaface');
    await unlink(path.join(data, "encoders"));
    await mkdir(path.join(data, "encoders"));
    expect((await embed()).stderr).toContain(
      `chooseDetector: no face detector is in ${path.join(data, "encoders")}; run: npx facebridge data get det_blazeface --data ${data}`,
    );
    await symlink(path.join(real!, "encoders/det_scrfd_2.5g_bnkps.onnx"), path.join(data, "encoders/det_scrfd_2.5g_bnkps.onnx"));
    expect((await embed()).stderr).toContain("embed: no ONNX network is in ");
  });

  test.skipIf(!existsSync(path.join(real ?? "", "encoders/tfjs_blazeface/blazeface.bin")))(
    "takes BlazeFace where SCRFD is not there, and says so",
    async () => {
      const data = await smallDataFolder();
      await unlink(path.join(data, "encoders"));
      await mkdir(path.join(data, "encoders"));
      for (const name of ["tfjs_blazeface", "tfjs_mobileface_v3"]) {
        await cp(path.join(real!, "encoders", name), path.join(data, "encoders", name), { recursive: true, dereference: true });
      }
      const out = path.join(data, "out");
      const args = ["embed", "--faces", "lfw", "--encoders", "face_mobileface_v3_tfjs", "--data", data, "--out", out];
      const { code, stdout, stderr } = await facebridge(args);
      expect(stderr).toContain("det_blazeface finds the faces, since det_scrfd_2.5g_bnkps, the detector of record, is not here");
      expect([code, stdout]).toEqual([0, expect.stringContaining("64 of 64 images embedded")]);
      await symlink(path.join(real!, "encoders/det_scrfd_2.5g_bnkps.onnx"), path.join(data, "encoders/det_scrfd_2.5g_bnkps.onnx"));
      await rm(out, { recursive: true });
      expect((await facebridge(args)).stderr).not.toContain("det_blazeface");
    },
  );
});
