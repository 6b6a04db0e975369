import { ValueError } from "../core/errors.js";
import { firstTemplate, type PairScores } from "./pair-scores.js";
import { radixOrderInto } from "./radix-order.js";

/** Non-mated comparisons from the largest score down, and the two subjects of each. */
export interface LargestScores {
  readonly scores: Float32Array;
  readonly probeSubjects: Int32Array;
  readonly gallerySubjects: Int32Array;
}

/**
 * At least `count` of the non-mated comparisons, those with the largest scores, in descending order; all where there are no more.
 *
 * Scores are cut by the upper half of their bits and only what is above the cut is sorted, so that the time is that of two passes and
 * the memory that of the part. Asked for more, the same comparisons come first in the same order.
 *
 * @throws ValueError when a score is NaN.
 */
export function largestNonMated({ labels, nonMated }: PairScores, count: number): LargestScores {
  const { probes, gallery } = labels;
  const bits = new Int32Array(nonMated.buffer, nonMated.byteOffset, nonMated.length);
  const { kept, cut } = cutByUpperBits(nonMated, bits, count);
  const keys = new Uint32Array(kept);
  const columns = new Int32Array(kept);
  const rows = new Int32Array(kept);
  let next = 0;
  let found = 0;
  for (let probe = 0; probe < probes.length; probe++) {
    const subject = probes[probe];
    for (let j = firstTemplate(labels, probe); j < gallery.length; j++) {
      if (gallery[j] === subject) continue;
      const key = descendingKey(bits[next++]);
      if (key >>> 16 > cut) continue;
      keys[found] = key;
      rows[found] = subject;
      columns[found++] = gallery[j];
    }
  }
  const order = new Uint32Array(kept);
  radixOrderInto(order, keys, new Uint32Array(kept));
  const scores = new Float32Array(kept);
  const sortedBits = new Int32Array(scores.buffer);
  const probeSubjects = new Int32Array(kept);
  const gallerySubjects = new Int32Array(kept);
  for (let i = 0; i < kept; i++) {
    sortedBits[i] = scoreBits(keys[order[i]]);
    probeSubjects[i] = rows[order[i]];
    gallerySubjects[i] = columns[order[i]];
  }
  return { scores, probeSubjects, gallerySubjects };
}

/** The largest upper half of a key up to which at least `count` keys lie, and how many do. */
function cutByUpperBits(scores: Float32Array, bits: Int32Array, count: number): { kept: number; cut: number } {
  const counts = new Uint32Array(65_536);
  for (let i = 0; i < bits.length; i++) {
    if (Number.isNaN(scores[i])) throw new ValueError(`largestNonMated: non-mated score ${i} is NaN; leave that comparison out`);
    counts[descendingKey(bits[i]) >>> 16]++;
  }
  let kept = 0;
  let cut = -1;
  while (kept < Math.min(count, bits.length)) kept += counts[++cut];
  return { kept, cut };
}

/** A number of 32 bits that falls as the float32 of these bits grows. */
function descendingKey(bits: number): number {
  return (bits < 0 ? bits : ~bits & 0x7fffffff) >>> 0;
}

function scoreBits(key: number): number {
  return key >= 0x80000000 ? key | 0 : ~key & 0x7fffffff;
}
