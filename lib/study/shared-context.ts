import type { Matrix32 } from "../core/matrix.js";
import type { EmbeddingSet, Item } from "../data/embedding-set.js";
import { pickStudySet } from "../data/load-face-sets.js";
import type { Engine, ThreadEngine } from "../linalg/engine.js";
import { openThreadEngine } from "../linalg/thread-engine.js";
import type { StudyContext, StudySpec } from "./study-spec.js";

/** A study's context as data that a thread can be started with. */
export interface SharedContext extends Pick<StudyContext, "faceSets" | "overlap"> {
  readonly engine: ThreadEngine;
  /** By face set, since all networks have the same images. */
  readonly items: ReadonlyMap<string, readonly Item[]>;
  /** Values in memory that all threads see. */
  readonly sets: readonly (Omit<EmbeddingSet, "items" | "embeddings"> & { readonly embeddings: Matrix32 })[];
}

/** What threads will ask for: networks, on both of two study sets. */
export interface WantedSets extends Pick<StudySpec, "fitSet" | "testSet"> {
  readonly encoders: readonly string[];
}

/** Load what is wanted; embeddings are copied once. */
export async function shareContext(
  wanted: readonly WantedSets[],
  engine: ThreadEngine,
  { load, faceSets, overlap }: StudyContext,
): Promise<SharedContext> {
  const sets = new Map<string, EmbeddingSet>();
  for (const { encoders, fitSet, testSet } of wanted) {
    const ids = [fitSet, testSet].map((id) => pickStudySet(id, faceSets).faceSet.id);
    for (const encoder of encoders) {
      for (const id of ids) if (!sets.has(`${id}/${encoder}`)) sets.set(`${id}/${encoder}`, await load(encoder, id));
    }
  }
  const items = new Map<string, readonly Item[]>();
  for (const set of sets.values()) items.set(set.faceSet, set.items);
  return {
    engine,
    faceSets,
    overlap,
    items,
    sets: [...sets.values()].map(({ encoder, faceSet, provenance, embeddings }) => {
      return { encoder, faceSet, provenance, embeddings: shared(embeddings) };
    }),
  };
}

/** Work on threads where there is enough of it and the engine serves them, else here; to the same bits either way. */
export function onThreadsOrHere(
  { onThreads }: Engine,
  isEnough: boolean,
  work: { readonly onThreads: (shared: ThreadEngine) => Promise<void>; readonly here: () => Promise<void> },
): Promise<void> {
  return onThreads === undefined ? work.here() : onThreads((shared) => (isEnough ? work.onThreads(shared) : work.here()));
}

/** On a thread: the context again, with an engine of one thread. @throws as openThreadEngine does. */
export async function openShared({ engine, faceSets, overlap, items, sets }: SharedContext, signal: AbortSignal): Promise<StudyContext> {
  const load = (encoder: string, faceSet: string): Promise<EmbeddingSet> => {
    const set = sets.find((some) => some.encoder === encoder && some.faceSet === faceSet)!;
    return Promise.resolve({ ...set, items: items.get(faceSet)! });
  };
  return { load, faceSets, overlap, engine: await openThreadEngine(engine), signal };
}

function shared({ rows, columns, data }: Matrix32): Matrix32 {
  const copy = new Float32Array(new SharedArrayBuffer(data.byteLength));
  copy.set(data);
  return { rows, columns, data: copy };
}
