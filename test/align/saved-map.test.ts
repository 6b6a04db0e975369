import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { computeMoments, exportNumpy, importNumpy, loadMap, saveMap, truncate, zeroPad } from "../../lib/align/index.js";
import { formatNpy, parseNpy } from "../../lib/data/npy.js";
import { DataError } from "../../lib/core/errors.js";
import { matrix64 } from "../../lib/core/matrix.js";
import { readSafetensors, writeSafetensors, type Tensor } from "../../lib/data/safetensors.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { exact, expectClose } from "../close.js";
import { cloudPair } from "../synthetic.js";
import { temporaryFolder } from "../temporary-folder.js";

const { source, target, identities } = cloudPair({ seed: 1, count: 8, source: 2, target: 3 });
const moments = await computeMoments(source, target, identities, { engine: await chooseEngine() });
const map = zeroPad(moments);

interface Change {
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly arrays?: Readonly<Record<string, Tensor | undefined>>;
}

/** A saved map that something was changed in. */
async function saved({ fields = {}, arrays = {} }: Change): Promise<string> {
  const file = path.join(await temporaryFolder(), "map.safetensors");
  await saveMap(file, map);
  const { tensors, metadata } = await readSafetensors(file);
  const kept = Object.entries({ ...tensors, ...arrays }).filter(([, tensor]) => tensor !== undefined) as [string, Tensor][];
  const text = JSON.stringify({ ...(JSON.parse(metadata.map) as object), ...fields });
  await writeSafetensors(file, Object.fromEntries(kept), { map: text });
  return file;
}

describe("a saved map", () => {
  it("is a safetensors file with its arrays by name, the same bytes each time", async () => {
    const folder = await temporaryFolder();
    const files = ["one", "other"].map((name) => path.join(folder, name));
    for (const file of files) await saveMap(file, truncate(moments));
    expect(await readFile(files[0])).toEqual(await readFile(files[1]));
    const { tensors, metadata } = await readSafetensors(files[0]);
    expect(Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, shape]))).toEqual({
      weights: [2, 2],
      target_weights: [3, 2],
      source_mean: [2],
      target_mean: [3],
    });
    expect(JSON.parse(metadata.map)).toMatchObject({ format: "facebridge-map/3", name: "truncate", identities: ["made/0", "made/1"] });
  });

  it("is refused when it is another file, another format, or no JSON", async () => {
    const file = path.join(await temporaryFolder(), "map.safetensors");
    await writeSafetensors(file, { weights: { shape: [1], data: Float64Array.of(1) } });
    await expect(loadMap(file)).rejects.toThrow(new DataError(`${file}: __metadata__ has no map; name a file that saveMap wrote`));
    for (const text of ["null", "3", "{}"]) {
      await writeSafetensors(file, {}, { map: text });
      await expect(loadMap(file)).rejects.toThrow(`${file}: the format is none; it must be facebridge-map/3, so save the map again`);
    }
    await writeSafetensors(file, {}, { map: "{" });
    await expect(loadMap(file)).rejects.toThrow(`${file}: what describes the map is not JSON; save the map again`);
    const older = await saved({ fields: { format: "facebridge-map/2" } });
    await expect(loadMap(older)).rejects.toThrow(
      new DataError(`${older}: the format is facebridge-map/2; it must be facebridge-map/3, so save the map again`),
    );
  });

  it.each([
    ["name", 3],
    ["trainCount", -1],
    ["identities", [1]],
    ["lambda", "0.1"],
    ["engine", 7],
    ["frame", "other"],
    ["condition", "large"],
  ])("is refused with a field of another kind: %s", async (field, value) => {
    const file = await saved({ fields: { [field]: value } });
    await expect(loadMap(file)).rejects.toThrow(new DataError(`${file}: field "${field}" is ${JSON.stringify(value)}; save the map again`));
  });

  it("is refused without a field or an array", async () => {
    const file = await saved({ fields: { rank: undefined } });
    await expect(loadMap(file)).rejects.toThrow(`${file}: field "rank" is missing; save the map again`);
    const other = await saved({ arrays: { weights: undefined } });
    await expect(loadMap(other)).rejects.toThrow(new DataError(`${other}: there is no array weights; save the map again`));
  });

  it("is refused with arrays that do not fit, or numbers that are not finite", async () => {
    const wide = await saved({ arrays: { target_mean: { shape: [4], data: new Float64Array(4) } } });
    await expect(loadMap(wide)).rejects.toThrow(
      new DataError(`${wide}: weights is Float64Array of shape 2 × 3; it must be float64 of shape 2 × 4, so save the map again`),
    );
    const float32 = await saved({ arrays: { source_mean: { shape: [2], data: new Float32Array(2) } } });
    await expect(loadMap(float32)).rejects.toThrow(
      `${float32}: source_mean is Float32Array of shape 2; it must be float64 of shape any, so save the map again`,
    );
    const notANumber = await saved({ arrays: { source_mean: { shape: [2], data: Float64Array.of(1, NaN) } } });
    await expect(loadMap(notANumber)).rejects.toThrow(
      `${notANumber}: source_mean has NaN at 1; every value must be finite, so save the map again`,
    );
  });
});

describe("a map in NumPy's files", () => {
  it("is one file an array, and the rest as JSON", async () => {
    const folder = await temporaryFolder();
    await exportNumpy(folder, map);
    expect((await readdir(folder)).sort()).toEqual(["map.json", "source_mean.npy", "target_mean.npy", "weights.npy"]);
    const bytes = await readFile(path.join(folder, "weights.npy"));
    expect(parseNpy(bytes, "weights.npy")).toEqual({ shape: [2, 3], data: map.weights.data });
  });

  it("keeps nothing of the map that was in the folder before", async () => {
    const folder = await temporaryFolder();
    await exportNumpy(folder, { ...map, targetWeights: matrix64(3, 3, Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1)) });
    await exportNumpy(folder, map);
    expect(await importNumpy(folder)).toEqual(map);
  });

  it("can come from somebody's own fit", async () => {
    const folder = await temporaryFolder();
    await exportNumpy(folder, map);
    await writeFile(path.join(folder, "weights.npy"), formatNpy([2, 3], Float64Array.of(1, 2, 3, 4, 5, 6)));
    expectClose((await importNumpy(folder)).weights.data, [1, 2, 3, 4, 5, 6], exact);
  });

  it("is refused when a file is missing or cannot be read", async () => {
    const folder = await temporaryFolder();
    const json = path.join(folder, "map.json");
    await expect(importNumpy(folder)).rejects.toThrow(new DataError(`${json}: cannot be read; name a folder that exportNumpy wrote`));
    await exportNumpy(folder, map);
    await rm(path.join(folder, "source_mean.npy"));
    await expect(importNumpy(folder)).rejects.toThrow(`${folder}: there is no array source_mean; save the map again`);
    await mkdir(path.join(folder, "source_mean.npy"));
    await expect(importNumpy(folder)).rejects.toThrow(
      /source_mean\.npy: cannot be read \(EISDIR.*\); let it be read, or name another folder$/,
    );
  });
});
