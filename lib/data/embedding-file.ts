import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { DataError, ShapeError } from "../core/errors.js";
import { checkFinite, type Matrix32, matrix32 } from "../core/matrix.js";
import { chooseEngine, type Engine } from "../linalg/index.js";
import type { EmbeddingSet, Item, Provenance } from "./embedding-set.js";
import { isId } from "./id.js";
import { formatItems, itemsSha256, readItems, writeItems } from "./items.js";
import { packCoding, packTensors, unpackTensors } from "./pack-file.js";
import { readSafetensors, readSafetensorsMetadata, type Tensor, writeSafetensors } from "./safetensors.js";

const provenanceFields = [
  "encoderSha256",
  "encoderManifestSha256",
  "detectorSha256",
  "faceSetManifestSha256",
  "packageVersion",
  "pipelineVersion",
  "coding",
] as const satisfies readonly (keyof Provenance)[];

/**
 * Write a set to `<folder>/<face set>/<encoder>.safetensors` (tensor `embeddings`, n × d float32), and its items to `items.tsv` beside it.
 *
 * The items table is shared by the encoders of a face set: when it changes, the other encoders' files are stale and reading them says so.
 *
 * @throws ShapeError when rows and items differ in number. @throws ValueError when a value is not finite. @throws DataError for a bad item.
 */
export async function writeEmbeddingSet(folder: string, set: EmbeddingSet): Promise<void> {
  const { rows, columns, data } = set.embeddings;
  checkFinite(set.embeddings, `writeEmbeddingSet: ${set.encoder}`);
  await writeSet(folder, set, "float32", { embeddings: { shape: [rows, columns], data } });
}

export interface ReadOptions {
  /** Decodes packed files. @defaultValue the engine that `chooseEngine` gives */
  readonly engine?: Engine;
}

/**
 * Read what `writeEmbeddingSet` or `packEmbeddingSet` wrote.
 *
 * @throws DataError when a file is missing or damaged, when the items are others than those that were embedded, or a value is not finite.
 */
export async function readEmbeddingSet(
  folder: string,
  faceSet: string,
  encoder: string,
  { engine }: ReadOptions = {},
): Promise<EmbeddingSet> {
  const { file, itemsFile } = nameFiles(folder, faceSet, encoder);
  const remedy = `run: facebridge embed --faces ${faceSet} --encoders ${encoder} --data <folder>`;
  for (const needed of [file, itemsFile]) {
    if (!(await stat(needed).catch(() => null))) {
      throw new DataError(`readEmbeddingSet: no file ${needed}; ${await describeFolder(path.dirname(file))}, or ${remedy}`);
    }
  }
  const items = await readItems(itemsFile);
  const { tensors, metadata } = await readSafetensors(file);
  for (const [field, wanted] of Object.entries({ encoder, faceSet })) {
    if (metadata[field] !== wanted) {
      throw new DataError(`${file}: ${field} is "${metadata[field] ?? ""}" inside and "${wanted}" by its name; rename it, or ${remedy}`);
    }
  }
  if (metadata.itemsSha256 !== itemsSha256(items)) {
    throw new DataError(`${file}: its rows are of other images than ${path.basename(itemsFile)} lists; ${remedy}`);
  }
  const provenance = readProvenance(metadata, file, remedy);
  const embeddings =
    provenance.coding === packCoding
      ? await unpackTensors(tensors, items.length, file, engine ?? (await chooseEngine()))
      : plainRows(tensors, items.length, file, remedy);
  for (let i = 0; i < embeddings.data.length; i++) {
    if (!Number.isFinite(embeddings.data[i])) {
      throw new DataError(
        `${file}: row ${Math.floor(i / embeddings.columns)} holds ${embeddings.data[i]}, and every value must be finite; ${remedy}`,
      );
    }
  }
  return { encoder, faceSet, items, embeddings, provenance };
}

/**
 * Write a set as `writeEmbeddingSet` does, coded in some five bits a value: see `packEmbeddings`.
 *
 * @returns the size of the file, in bytes.
 * @throws as `writeEmbeddingSet` and `packEmbeddings` do.
 */
export async function packEmbeddingSet(folder: string, set: EmbeddingSet, { engine }: { readonly engine: Engine }): Promise<number> {
  const file = await writeSet(folder, set, packCoding, await packTensors(set.embeddings, engine));
  return (await stat(file)).size;
}

/** Write the tensors that hold a set's embeddings, and its items beside them. @returns the file. */
async function writeSet(
  folder: string,
  { encoder, faceSet, items, embeddings: { rows }, provenance }: EmbeddingSet,
  coding: string,
  tensors: Readonly<Record<string, Tensor>>,
): Promise<string> {
  const { file, itemsFile } = nameFiles(folder, faceSet, encoder);
  if (rows !== items.length) {
    throw new ShapeError(`writeEmbeddingSet: got ${rows} rows and ${items.length} items; row i belongs to item i, so give as many`);
  }
  const metadata = { encoder, faceSet, itemsSha256: itemsSha256(items), ...pickProvenance({ ...provenance, coding }) };
  if (!(await sameText(itemsFile, formatItems(items)))) await writeItems(itemsFile, items);
  await writeSafetensors(file, tensors, metadata);
  return file;
}

function plainRows(tensors: Readonly<Record<string, Tensor | undefined>>, rows: number, file: string, remedy: string): Matrix32 {
  const { shape, data } = tensors.embeddings ?? { shape: [], data: null };
  if (!(data instanceof Float32Array) || shape.length !== 2 || shape[0] !== rows || shape[1] === 0) {
    const got = data ? `${data.constructor.name} of shape ${shape.join(" × ")}` : "no tensor of that name";
    throw new DataError(`${file}: "embeddings" must be float32, ${rows} × d, and is ${got}; ${remedy}`);
  }
  return matrix32(shape[0], shape[1], data);
}

/** Whether a set is on disk, whole, and made from these items, networks and manifests; the package's version may be another. */
export async function embeddingSetIsCurrent(
  folder: string,
  faceSet: string,
  encoder: string,
  items: readonly Item[],
  provenance: Provenance,
): Promise<boolean> {
  const { file, itemsFile } = nameFiles(folder, faceSet, encoder);
  if (!(await sameText(itemsFile, formatItems(items)))) return false;
  let metadata: Readonly<Record<string, string>>;
  try {
    metadata = await readSafetensorsMetadata(file);
  } catch (error) {
    if (error instanceof DataError) return false;
    throw error;
  }
  const { packageVersion } = metadata;
  const wanted = { encoder, faceSet, itemsSha256: itemsSha256(items), ...pickProvenance(provenance), packageVersion };
  return Object.entries(wanted).every(([field, value]) => ({ ...undeclared, ...metadata })[field] === value);
}

function nameFiles(folder: string, faceSet: string, encoder: string): { file: string; itemsFile: string } {
  for (const id of [faceSet, encoder]) {
    if (!isId(id)) {
      throw new DataError(`embedding set: got the id "${id}"; ids are letters, digits, ".", "_" and "-", and start with a letter or digit`);
    }
  }
  return { file: path.join(folder, faceSet, `${encoder}.safetensors`), itemsFile: path.join(folder, faceSet, "items.tsv") };
}

function pickProvenance(provenance: Provenance): Record<string, string> {
  return Object.fromEntries(provenanceFields.map((field) => [field, provenance[field]]));
}

/** What files say that were written before they said it. */
const undeclared: Partial<Provenance> = { pipelineVersion: "1" };

function readProvenance(found: Readonly<Record<string, string>>, file: string, remedy: string): Provenance {
  const metadata = { ...undeclared, ...found };
  for (const field of provenanceFields) {
    if (!Object.hasOwn(metadata, field)) throw new DataError(`${file}: __metadata__ has no ${field}; ${remedy}`);
  }
  return pickProvenance(metadata as unknown as Provenance) as unknown as Provenance;
}

/** What a folder of embedding files holds, in words. */
async function describeFolder(folder: string): Promise<string> {
  const names = await readdir(folder).catch(() => null);
  if (names === null) return `there is no folder ${folder}: name another one`;
  const encoders = names.filter((name) => name.endsWith(".safetensors")).map((name) => name.slice(0, -".safetensors".length));
  return encoders.length === 0 ? `${folder} holds no embeddings: name another one` : `choose among ${encoders.join(", ")}`;
}

async function sameText(file: string, text: string): Promise<boolean> {
  return (await readFile(file, "utf8").catch(() => null)) === text;
}
