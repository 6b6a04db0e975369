import { availableParallelism } from "node:os";
import { ValueError } from "../core/errors.js";
import type { Progress } from "../core/progress.js";
import { findEmbeddings } from "../data/embedding-folders.js";
import { readEmbeddingSet } from "../data/embedding-file.js";
import type { EmbeddingSet } from "../data/embedding-set.js";
import { listFaceSetManifests } from "../data/load-face-sets.js";
import { readOwnOverlap, readProjectOverlap } from "../data/overlap-file.js";
import { pairSets } from "../data/pair-sets.js";
import { chooseEngine, type Engine, type EngineName } from "../linalg/index.js";
import { openCache, type StudyCache } from "./cache.js";
import type { StudyContext } from "./study-spec.js";

export interface OpenStudyOptions {
  /** Folder of embedding sets. @defaultValue the embedded pack, then what the user has embedded or added */
  readonly folder?: string;
  /** Networks whose sets are cut to the images that all of these have. Without it, networks with different images do not go together. */
  readonly sharedBy?: readonly string[];
  readonly engine?: EngineName;
  /** Where what was measured is kept; null to measure all anew. @defaultValue runs/cache, and null when FACEBRIDGE_STUDY_CACHE is "off" */
  readonly cache?: StudyCache | null;
  /** Worker threads that share what there is to measure, where the engine serves threads: onnx does, and OpenBLAS with POSIX threads. @defaultValue one for each core, at most 8 */
  readonly workers?: number;
  readonly signal?: AbortSignal;
  readonly progress?: Progress;
}

/**
 * What a study works with: embedding sets, each read once, the face sets' manifests, and an engine.
 *
 * No set is read before something asks for it; one that is not there is a DataError then.
 * @throws ValueError when FACEBRIDGE_STUDY_CACHE is neither "off" nor unset.
 */
export async function openStudy({
  folder,
  sharedBy = [],
  engine,
  cache = usualCache(),
  workers = Math.min(8, availableParallelism()),
  signal,
  progress,
}: OpenStudyOptions = {}): Promise<StudyContext> {
  const chosen = await chooseEngine(engine);
  const sets = new Map<string, Promise<EmbeddingSet>>();
  const loadWhole = (encoder: string, faceSet: string): Promise<EmbeddingSet> => {
    const key = `${faceSet}/${encoder}`;
    const known = sets.get(key) ?? readFrom(folder ?? findEmbeddings(faceSet, encoder), faceSet, encoder, chosen);
    sets.set(key, known);
    known.catch(() => sets.delete(key)); // what failed may be mended and asked for again
    return known;
  };
  const shared = new Map<string, Promise<EmbeddingSet[]>>();
  const load = async (encoder: string, faceSet: string): Promise<EmbeddingSet> => {
    const place = sharedBy.indexOf(encoder);
    if (place < 0) return loadWhole(encoder, faceSet);
    const known = shared.get(faceSet) ?? Promise.all(sharedBy.map((one) => loadWhole(one, faceSet))).then(pairSets);
    shared.set(faceSet, known);
    known.catch(() => shared.delete(faceSet));
    return (await known)[place];
  };
  return {
    load,
    faceSets: await listFaceSetManifests(),
    overlap: [...(await readProjectOverlap()), ...(await readOwnOverlap())],
    engine: chosen,
    cache,
    workers,
    signal,
    ...(progress === undefined ? {} : { progress }),
  };
}

/** @throws ValueError when FACEBRIDGE_STUDY_CACHE is anything but "off". */
function usualCache(): StudyCache | null {
  const asked = process.env.FACEBRIDGE_STUDY_CACHE ?? "";
  if (asked === "") return openCache();
  if (asked === "off") return null;
  throw new ValueError(`openStudy: FACEBRIDGE_STUDY_CACHE is "${asked}"; it must be "off", or not set, for runs/cache`);
}

async function readFrom(folder: string | Promise<string>, faceSet: string, encoder: string, engine: Engine): Promise<EmbeddingSet> {
  return readEmbeddingSet(await folder, faceSet, encoder, { engine });
}
