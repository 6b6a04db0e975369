import type { Matrix32 } from "../core/matrix.js";
import type { EmbeddingSet, Item } from "../data/embedding-set.js";
import { pickStudySet } from "../data/load-face-sets.js";
import { createOnnxEngine } from "../linalg/onnx.js";
import type { StudyContext, StudySpec } from "./study-spec.js";

/** A study's context as data that a thread can be started with. */
export interface SharedContext extends Pick<StudyContext, "faceSets" | "overlap"> {
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
export async function shareContext(wanted: readonly WantedSets[], { load, faceSets, overlap }: StudyContext): Promise<SharedContext> {
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
    faceSets,
    overlap,
    items,
    sets: [...sets.values()].map(({ encoder, faceSet, provenance, embeddings }) => {
      return { encoder, faceSet, provenance, embeddings: shared(embeddings) };
    }),
  };
}

/** On a thread: the context again, with an onnx engine of one thread. */
export function openShared({ faceSets, overlap, items, sets }: SharedContext, signal: AbortSignal): StudyContext {
  const load = (encoder: string, faceSet: string): Promise<EmbeddingSet> => {
    const set = sets.find((some) => some.encoder === encoder && some.faceSet === faceSet)!;
    return Promise.resolve({ ...set, items: items.get(faceSet)! });
  };
  return { load, faceSets, overlap, engine: createOnnxEngine({ threads: 1 }), signal };
}

function shared({ rows, columns, data }: Matrix32): Matrix32 {
  const copy = new Float32Array(new SharedArrayBuffer(data.byteLength));
  copy.set(data);
  return { rows, columns, data: copy };
}
