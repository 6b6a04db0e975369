import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";
import { DataError } from "../core/errors.js";
import type { Progress } from "../core/progress.js";
import { readEmbeddingSet } from "../data/embedding-file.js";
import type { EmbeddingSet } from "../data/embedding-set.js";
import { listFaceSetManifests } from "../data/load-face-sets.js";
import { manifestFolder, projectFolder } from "../data/locate.js";
import { parseOverlap } from "../data/splits.js";
import { chooseEngine, type EngineName } from "../linalg/index.js";
import { openCache, type StudyCache } from "./cache.js";
import type { StudyContext } from "./study-spec.js";

export interface OpenStudyOptions {
  /** Folder of embedding sets. @defaultValue the embedded pack */
  readonly folder?: string;
  readonly engine?: EngineName;
  /** Where what was measured is kept; null to measure all anew. @defaultValue runs/cache, and null when FACEBRIDGE_CACHE is "off" */
  readonly cache?: StudyCache | null;
  /** Worker threads that share what there is to measure, where the engine is onnx. @defaultValue one for each core, at most 8 */
  readonly workers?: number;
  readonly signal?: AbortSignal;
  readonly progress?: Progress;
}

/** What a study works with: the embedding sets of a folder, each read once, the face sets' manifests, and an engine. */
export async function openStudy({
  folder = path.join(projectFolder, "data"),
  engine,
  cache = process.env.FACEBRIDGE_CACHE === "off" ? null : openCache(),
  workers = Math.min(8, availableParallelism()),
  signal,
  progress,
}: OpenStudyOptions = {}): Promise<StudyContext> {
  const chosen = await chooseEngine(engine);
  const sets = new Map<string, Promise<EmbeddingSet>>();
  const load = (encoder: string, faceSet: string): Promise<EmbeddingSet> => {
    const key = `${faceSet}/${encoder}`;
    const known = sets.get(key) ?? readEmbeddingSet(folder, faceSet, encoder, { engine: chosen });
    sets.set(key, known);
    known.catch(() => sets.delete(key)); // what failed may be mended and asked for again
    return known;
  };
  const overlapFile = path.join(manifestFolder, "overlap-cfp-lfw.tsv");
  const overlap = await readFile(overlapFile, "utf8").catch(() => {
    throw new DataError(`openStudy: no file ${overlapFile}, which says who is in two face sets; restore it`);
  });
  return {
    load,
    faceSets: await listFaceSetManifests(),
    overlap: parseOverlap(overlap, overlapFile),
    engine: chosen,
    cache,
    workers: chosen.name === "onnx" ? workers : 1,
    signal,
    ...(progress === undefined ? {} : { progress }),
  };
}
