import { matrix64 } from "../core/matrix.js";
import { affineMap, type AlignmentMap } from "./map.js";
import type { Moments } from "./moments.js";

/**
 * No alignment: centred source coordinates are read as centred target coordinates of the same index.
 *
 * W is the p × q rectangular identity. A narrower source is padded by zeros; of a wider source the first q coordinates are kept, so
 * scores are taken in the target's space (truncation). Padding the target instead would rank the gallery of each probe in the same
 * order, but divide its scores by the length of the whole probe.
 *
 * Both clouds are centred on their own training means, so what a map gains over this is not the offset between them.
 */
export function zeroPad(moments: Moments): AlignmentMap {
  const { rows: p, columns: q } = moments.cross;
  const weights = matrix64(p, q);
  const shared = Math.min(p, q);
  for (let i = 0; i < shared; i++) weights.data[i * q + i] = 1;
  return affineMap(moments, { name: "zero-pad", weights, parameterCount: q, rank: shared, engine: null, objective: "none" });
}
