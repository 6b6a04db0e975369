import type { Matrix32 } from "../core/matrix.js";
import type { EmbeddingSet, Item } from "../data/embedding-set.js";
import { createOnnxEngine } from "../linalg/onnx.js";
import type { StudyContext } from "./study-spec.js";

/** A study's context as data that a thread can be started with. */
export interface SharedContext extends Pick<StudyContext, "faceSets" | "overlap"> {
  /** By face set, since all networks have the same images. */
  readonly items: ReadonlyMap<string, readonly Item[]>;
  /** Values in memory that all threads see. */
  readonly sets: readonly (Omit<EmbeddingSet, "items" | "embeddings"> & { readonly embeddings: Matrix32 })[];
}

/** Load what threads will ask for: each network's embeddings of each face set; they are copied once. */
export async function shareContext(
  wanted: Iterable<{ readonly encoder: string; readonly faceSet: string }>,
  { load, faceSets, overlap }: StudyContext,
): Promise<SharedContext> {
  const sets = new Map<string, EmbeddingSet>();
  for (const { encoder, faceSet } of wanted) {
    const key = `${faceSet}/${encoder}`;
    if (!sets.has(key)) sets.set(key, await load(encoder, faceSet));
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
