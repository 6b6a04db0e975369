import { rowsPerBlock } from "../align/cloud.js";
import { matrix32, stackRows } from "../core/matrix.js";
import type { ScannedFace } from "../encoders/scan-faces.js";
import type { Engine } from "../linalg/engine.js";
import { rowRange } from "../linalg/operands.js";

/** Something to tell about a photograph or a person of a new face set. */
export interface FaceSetProblem {
  /** A photograph, or an identity where it is about a person. */
  readonly image: string;
  readonly problem: "unreadable" | "no face found" | "exact duplicate" | "near duplicate" | "one image" | "in another set";
  readonly detail: string;
}

/**
 * Two faces whose thumbnails correlate this much are copies: resized, cropped or compressed again. Of 86,100 pairs of different people of CFP
 * the highest is 0.971; the eight pairs of one person between 0.978 and 0.999 that were looked at all were copies.
 */
const sameThumbnail = 0.975;

/**
 * What is odd about photographs that were scanned: those that cannot be read or show no face, exact copies (by SHA-256), near copies (by
 * correlation of the cropped faces) and people of one usable photograph. Copies under two identities say so.
 */
export async function inspectFaces(scanned: readonly ScannedFace[], { engine }: { readonly engine: Engine }): Promise<FaceSetProblem[]> {
  const problems: FaceSetProblem[] = [];
  const usable = new Map<string, string[]>();
  const bySha = new Map<string, ScannedFace>();
  for (const face of scanned) {
    const { image, identity, sha256, unreadable, thumbnail } = face;
    const first = bySha.get(sha256);
    if (first === undefined) bySha.set(sha256, face);
    if (unreadable !== null) problems.push({ image, problem: "unreadable", detail: `left out: ${unreadable}` });
    else if (thumbnail === null) problems.push({ image, problem: "no face found", detail: "embed will leave it out" });
    else usable.set(identity, [...(usable.get(identity) ?? []), image]);
    if (first !== undefined) problems.push({ image, problem: "exact duplicate", detail: `the same bytes as ${namesOf(first, identity)}` });
  }
  problems.push(...(await nearDuplicates(scanned, engine)));
  for (const [identity, images] of usable) {
    if (images.length === 1)
      problems.push({ image: identity, problem: "one image", detail: `${images[0]}: in no split, since it has no mate` });
  }
  return problems;
}

async function nearDuplicates(scanned: readonly ScannedFace[], engine: Engine): Promise<FaceSetProblem[]> {
  const faces = scanned.flatMap((face) => (face.thumbnail === null ? [] : [{ ...face, thumbnail: face.thumbnail }]));
  const problems: FaceSetProblem[] = [];
  if (faces.length === 0) return problems;
  const all = stackRows(faces.map(({ thumbnail }) => matrix32(1, thumbnail.length, thumbnail)));
  for (let first = 0; first < faces.length; first += rowsPerBlock) {
    const block = rowRange(all, first, Math.min(first + rowsPerBlock, faces.length));
    const { data, columns } = await engine.product(block, all, { transposeRight: true });
    for (let i = 0; i < block.rows; i++) {
      const face = faces[first + i];
      for (let j = 0; j < first + i; j++) {
        const score = data[i * columns + j];
        if (score < sameThumbnail || faces[j].sha256 === face.sha256) continue;
        const detail = `${namesOf(faces[j], face.identity)} looks the same (correlation ${score.toFixed(3)})`;
        problems.push({ image: face.image, problem: "near duplicate", detail });
        break;
      }
    }
  }
  return problems;
}

function namesOf({ image, identity: own }: ScannedFace, identity: string): string {
  return own === identity ? image : `${image}, of another identity`;
}
