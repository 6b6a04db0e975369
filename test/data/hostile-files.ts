import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { FacebridgeError } from "../../lib/core/errors.js";
import type { Random } from "../../lib/core/random.js";
import {
  loadEncoderManifest,
  loadFaceSetManifest,
  projectFolder,
  readExternalRows,
  readItems,
  readRowLabels,
  writeSafetensors,
} from "../../lib/data/index.js";
import { parseManifest } from "../../lib/data/manifest-file.js";
import { formatNpy } from "../../lib/data/npy.js";
import { externalFiles } from "../../lib/encoders/onnx-external-files.js";
import { formatNotebook, readNotebook } from "../../lib/notebook/nbformat.js";
import { zip } from "./archives.js";

/** A kind of file that users bring: whole examples of it, and what reads it. */
export interface Loader {
  readonly name: string;
  readonly file: string;
  readonly examples: readonly Uint8Array[];
  readonly load: (file: string) => unknown;
}

/** Every loader of files that users bring, with small whole examples. @param folder scratch. */
export async function listLoaders(folder: string): Promise<Loader[]> {
  const bytesOf = (text: string): Uint8Array => Buffer.from(text);
  const npy = formatNpy(
    [3, 4],
    Float64Array.from({ length: 12 }, (_, i) => i / 7),
  );
  const tensors = path.join(folder, "example.safetensors");
  await writeSafetensors(tensors, { embeddings: { shape: [3, 4], data: new Float32Array(12).fill(0.5) } }, { encoder: "x", faceSet: "y" });
  const manifest = async (kind: string, id: string): Promise<Uint8Array> => {
    const text = await readFile(path.join(projectFolder, "data-manifests", kind, `${id}.json`), "utf8");
    return bytesOf(JSON.stringify({ ...(JSON.parse(text) as object), id: "m" }));
  };
  const cell = { cell_type: "code", id: "a", metadata: {}, execution_count: 1, source: ["let x = 1;\n", "x"], outputs: [{ output_type: "stream", name: "stdout", text: ["1\n"] }] }; // prettier-ignore
  const notebook = { nbformat: 4, nbformat_minor: 5, metadata: { kernelspec: { name: "facebridge" } }, cells: [cell, { cell_type: "markdown", id: "b", metadata: {}, source: "# Title" }] }; // prettier-ignore
  const manifests = path.join(folder, "manifests");
  for (const kind of ["encoders", "face-sets"]) await mkdir(path.join(manifests, kind), { recursive: true });
  return [
    { name: "npy", file: "e.npy", examples: [npy], load: (file) => readExternalRows(file, null) },
    { name: "npz", file: "e.npz", examples: [zip([{ name: "a.npy", bytes: npy }])], load: (file) => readExternalRows(file, null) },
    { name: "safetensors", file: "e.safetensors", examples: [await readFile(tensors)], load: (file) => readExternalRows(file, null) },
    {
      name: "CSV of numbers",
      file: "e.csv",
      examples: [bytesOf('a,b\n1,2.5\n"3",-4e-3\nnan,inf\n')],
      load: (file) => readExternalRows(file, null),
    },
    { name: "CSV of labels", file: "l.csv", examples: [bytesOf('image,identity\n"a, b.jpg",Ann\nc.jpg,"B ""B"""\n')], load: readRowLabels },
    { name: "items", file: "i.tsv", examples: [bytesOf(`image\tidentity\tpose\tsha256\tdetectionScore\na/1.jpg\ta\t\t${"a".repeat(64)}\t0.5\n`)], load: readItems }, // prettier-ignore
    {
      name: "encoder manifest",
      file: "manifests/encoders/m.json",
      examples: [await manifest("encoders", "face_esp_mbf"), await manifest("encoders", "det_blazeface")],
      load: () => loadEncoderManifest("m", { folder: manifests }),
    },
    {
      name: "face set manifest",
      file: "manifests/face-sets/m.json",
      examples: [await manifest("face-sets", "cfp"), await manifest("face-sets", "lfw")],
      load: () => loadFaceSetManifest("m", { folder: manifests }),
    },
    { name: "paper", file: "p.json", examples: [await readFile(path.join(projectFolder, "data-manifests/paper.json"))], load: async (file) => parseManifest(await readFile(file), "paper", "p.json") }, // prettier-ignore
    {
      name: "notebook",
      file: "n.ipynb",
      examples: [bytesOf(JSON.stringify(notebook))],
      load: async (file) => formatNotebook(await readNotebook(file)),
    },
    { name: "ONNX external data", file: "n.onnx", examples: [Uint8Array.from([58, 20, 42, 18, 106, 16, 10, 8, 108, 111, 99, 97, 116, 105, 111, 110, 18, 4, 97, 46, 98, 105])], load: (file) => externalFiles(file) }, // prettier-ignore
  ];
}

/** Bytes with one to three changes: bits turned, runs cut out, doubled, overwritten or exchanged for what is likely to hurt; of JSON, every other time, values. */
export function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  if (bytes[0] === "{".charCodeAt(0) && random.integer(2) === 0) return mutateJson(bytes, random);
  let changed = Buffer.from(bytes);
  const changes = 1 + random.integer(3);
  for (let change = 0; change < changes; change++) {
    const at = random.integer(changed.length + 1);
    const length = Math.min(changed.length - at, random.integer(2) === 0 ? 1 : 1 + random.integer(16));
    const [before, run, after] = [changed.subarray(0, at), changed.subarray(at, at + length), changed.subarray(at + length)];
    const parts = [
      () => [before, run.map((byte) => byte ^ (1 << random.integer(8))), after],
      () => [before, after],
      () => [before, run, run, after],
      () => [before, run.map(() => random.integer(256)), after],
      () => [before, Buffer.from(spites[random.integer(spites.length)]), after],
      () => [before, Buffer.from(spites[random.integer(spites.length)]), run, after],
      () => [before],
    ];
    changed = Buffer.concat(parts[random.integer(parts.length)]());
  }
  return changed;
}

/** JSON with one value, anywhere in it, exchanged, taken out or added to. */
function mutateJson(bytes: Uint8Array, random: Random): Uint8Array {
  const whole = JSON.parse(Buffer.from(bytes).toString("utf8")) as unknown;
  const holders: Record<string, unknown>[] = [];
  const collect = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    if (Object.keys(value).length > 0) holders.push(value as Record<string, unknown>);
    Object.values(value).forEach(collect);
  };
  collect(whole);
  const holder = holders[random.integer(holders.length)];
  const keys = Object.keys(holder);
  const key = keys[random.integer(keys.length)];
  const values = [null, -1, 1e308, 0.5, "", "../x", "/etc/passwd", "file:///etc/passwd", [], {}, [[]], true, "a".repeat(1000)];
  const value = values[random.integer(values.length)];
  const choice = random.integer(4);
  if (choice === 0 && !Array.isArray(holder)) Reflect.deleteProperty(holder, key);
  else if (choice === 1) holder[key] = [holder[key], value];
  else holder[key] = value;
  return Buffer.from(JSON.stringify(whole));
}

const spites = ["\0", '"', ",", "\n", "{", "]", "null", "-1", "1e999", "NaN", "9007199254740993", "../../x", "/etc/passwd", "__proto__", "\xff\xff\xff\xff\xff\xff\xff\x7f", "|O", "[[[[", "\u202e", "true", "{}"]; // prettier-ignore

/** Load a mutated file. @returns the name of the typed error, or null where it loaded; an error of another kind is thrown on. */
export async function tryLoad({ file, load }: Loader, folder: string, bytes: Uint8Array): Promise<string | null> {
  const where = path.join(folder, file);
  await writeFile(where, bytes);
  try {
    await load(where);
    return null;
  } catch (error) {
    if (error instanceof FacebridgeError) return error.name;
    throw error;
  }
}
