import type { Matrix32 } from "../core/matrix.js";

/** One embedded image. */
export interface Item {
  /** Path under the face set's image folder, with forward slashes. */
  readonly image: string;
  readonly identity: string;
  /** Where the face set has it. */
  readonly pose: "frontal" | "profile" | null;
  /** Of the image file, hex; null of embeddings that came without the images. */
  readonly sha256: string | null;
  /** The detector's confidence in the face that was cropped, in [0, 1]; null as `sha256`. */
  readonly detectionScore: number | null;
}

/** Raised when a change of code changes embeddings. */
export const pipelineVersion = "1";

/** How an embedding file came to be. Holds no time and no path. */
export interface Provenance {
  readonly encoderSha256: string;
  readonly encoderManifestSha256: string;
  readonly detectorSha256: string;
  readonly faceSetManifestSha256: string;
  readonly packageVersion: string;
  /** Of the code between image and embedding. Files that do not say are of "1". */
  readonly pipelineVersion: string;
  /** "float32", or how a packed file was coded. */
  readonly coding: string;
}

/** The embeddings of one face set by one encoder: row i of the n × d matrix belongs to `items[i]`. */
export interface EmbeddingSet {
  readonly encoder: string;
  readonly faceSet: string;
  readonly items: readonly Item[];
  readonly embeddings: Matrix32;
  readonly provenance: Provenance;
}
