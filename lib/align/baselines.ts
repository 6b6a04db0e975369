import { matrix64, type Matrix64 } from "../core/matrix.js";
import { affineMap, type AlignmentMap, type Frame } from "./map.js";
import type { Moments } from "./moments.js";
import { aboutOrigin } from "./origin.js";

/**
 * No alignment: centred source coordinates are read as centred target coordinates of the same index.
 *
 * W is the p × q rectangular identity. A narrower source is padded by zeros; of a wider source the first q coordinates are kept, so
 * scores are taken in the target's space (truncation). Padding the target instead would rank the gallery of each probe in the same
 * order, but divide its scores by the length of the whole probe: see `padToWider`.
 *
 * Both clouds are centred on their own training means, so what a map gains over this is not the offset between them: it is what others
 * call centre-only. `compareUncentred` leaves the offset in.
 */
export function zeroPad(moments: Moments): AlignmentMap {
  const { rows: p, columns: q } = moments.cross;
  return unaligned("zero-pad", moments, rectangular(p, q), null);
}

/**
 * No alignment, in the narrower width: of both centred clouds the first min(p, q) coordinates are compared.
 *
 * The same as `zeroPad` from a wider source; from a narrower one gallery vectors lose the coordinates that no probe has, and the
 * length that goes with them.
 */
export function truncate(moments: Moments): AlignmentMap {
  const { rows: p, columns: q } = moments.cross;
  return unaligned("truncate", moments, rectangular(p, Math.min(p, q)), p < q ? rectangular(q, p) : null);
}

/**
 * No alignment, in the wider width: the narrower of the centred clouds is padded by zeros.
 *
 * The same as `zeroPad` from a narrower source; from a wider one probes keep the length of the coordinates that no gallery vector has.
 */
export function padToWider(moments: Moments): AlignmentMap {
  const { rows: p, columns: q } = moments.cross;
  return unaligned("pad-to-wider", moments, rectangular(p, Math.max(p, q)), p > q ? rectangular(q, p) : null);
}

/**
 * No alignment and no centring: source coordinates are read as target coordinates of the same index, as in `zeroPad`.
 *
 * No mean is taken off, so both frames give the same scores, and an offset that the networks share or do not share is in all of them.
 */
export function compareUncentred(moments: Moments): AlignmentMap {
  const { rows: p, columns: q } = moments.cross;
  return unaligned("uncentred", aboutOrigin(moments), rectangular(p, q), null, "raw");
}

function unaligned(
  name: string,
  moments: Moments,
  weights: Matrix64,
  targetWeights: Matrix64 | null,
  frame: Frame = "centred",
): AlignmentMap {
  const { rows: p, columns: q } = moments.cross;
  const rank = Math.min(p, q);
  return affineMap(moments, { name, weights, targetWeights, frame, parameterCount: q, rank, engine: null, objective: "none" });
}

/** rows × columns with ones on the diagonal. */
export function rectangular(rows: number, columns: number): Matrix64 {
  const weights = matrix64(rows, columns);
  for (let i = 0; i < Math.min(rows, columns); i++) weights.data[i * columns + i] = 1;
  return weights;
}
