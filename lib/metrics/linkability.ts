import { ValueError } from "../core/errors.js";
import { permutation, type Random } from "../core/random.js";
import { indicesBySubject } from "./labels.js";
import { firstTemplate, type PairScores } from "./pair-scores.js";
import type { SubjectStatistic } from "./subject-statistic.js";
import { weightedCounts } from "./weighted-counts.js";

export interface LinkabilityOptions {
  /** Of equal width, from the least to the largest score. @defaultValue a tenth of the mated scores, at least 2 and at most 100 */
  readonly binCount?: number;
  /** ω: how often a comparison is mated over how often it is not, as whoever links templates expects. @defaultValue 1 */
  readonly omega?: number;
}

/** One bin of scores. */
export interface LocalLinkability {
  /** The score in its middle. */
  readonly score: number;
  /** Shares of the mated and of the non-mated scores that lie in it. */
  readonly mated: number;
  readonly nonMated: number;
  /** D(s), from 0, where a score says nothing of a link, to 1, where it is proof. */
  readonly local: number;
}

/** How well scores tell templates of one person from those of two. */
export interface Linkability {
  /** D_sys: the mean of D(s) over mated scores; 0 where nothing can be linked, 1 where everything can. */
  readonly dSys: number;
  /** Mean of D_sys where everybody's templates are compared with somebody else's: what so many scores give without any link. */
  readonly nullMean: number;
  /** (D_sys − nullMean) / (1 − nullMean): 0 without any link, and 1 where every mated score is proof. */
  readonly corrected: number;
  /** (1 + null draws that reach D_sys) / (1 + draws). */
  readonly pValue: number;
  readonly bins: readonly LocalLinkability[];
}

/**
 * Measure how far the templates of two systems can be linked by the scores between them.
 *
 * D(s) = 2 ω LR / (1 + ω LR) − 1 where ω LR > 1, else 0, with LR = p(s | mated) / p(s | non-mated), and D_sys = Σ h max(0, (ω h − g) / (ω h + g))
 * over bins that hold the shares h of the mated and g of the non-mated scores. Noise in h and g can only add to it, the more the fewer
 * scores a bin has, so a null is drawn: people are put in a random circle, and each one's probes are taken for mates of the next one's
 * templates. Scores of −∞ count in the first bin.
 *
 * @param options nullCount: draws of the null, 100 unless given.
 * @throws ValueError when a side is empty or all scores are equal or NaN, bins or draws are no whole numbers from 2 and 1 on, ω is not
 * above zero, or fewer than two people have templates.
 * @see Gomez-Barrero, Galbally, Rathgeb, Busch 2018, doi:10.1109/TIFS.2017.2788000; docs/definitions.md
 */
export function measureLinkability(
  pairs: PairScores,
  { random, nullCount = 100, ...options }: LinkabilityOptions & { readonly random: Random; readonly nullCount?: number },
): Linkability {
  if (!(Number.isInteger(nullCount) && nullCount >= 1)) {
    throw new ValueError(`measureLinkability: got ${nullCount} draws of the null; it needs a whole number from 1 on`);
  }
  const binned = binScores(pairs, options);
  const { omega, binCount, low, width, mated, table } = binned;
  const [matedCounts, nonMatedCounts] = [countsOf(mated, binCount), countsOf(table, binCount)];
  const dSys = overBins(matedCounts, nonMatedCounts, omega);
  const all = matedCounts.map((count, bin) => count + nonMatedCounts[bin]);
  const exchanged = exchangeMates(pairs, binned);
  let sum = 0;
  let reached = 0;
  for (let draw = 0; draw < nullCount; draw++) {
    const drawn = exchanged(random);
    const value = overBins(drawn, all.map((count, bin) => count - drawn[bin]), omega); // prettier-ignore
    sum += value;
    if (value >= dSys) reached++;
  }
  const nullMean = sum / nullCount;
  return {
    dSys,
    nullMean,
    corrected: nullMean < 1 ? (dSys - nullMean) / (1 - nullMean) : 1,
    pValue: (1 + reached) / (1 + nullCount),
    bins: Array.from(matedCounts, (count, bin) => {
      const [h, g] = [count / mated.length, nonMatedCounts[bin] / pairs.nonMated.length];
      return { score: low + (bin + 0.5) * width, mated: h, nonMated: g, local: localOf(h, g, omega) };
    }),
  };
}

/**
 * D_sys of weighted people, on the bins of `measureLinkability`; its replicates have the bias of fewer people, so take their variance and
 * not their percentiles.
 *
 * @throws ValueError as measureLinkability does.
 */
export function linkabilityStatistic(pairs: PairScores, options: LinkabilityOptions = {}): SubjectStatistic {
  const { labels, matedSubjects } = pairs;
  const { probes, gallery, subjectCount } = labels;
  const { omega, binCount, mated, table } = binScores(pairs, options);
  const counts = weightedCounts(pairs);
  const columns = gallery.length;
  return {
    subjectCount,
    operations: mated.length + table.length,
    at(weights: Int32Array): number | null {
      if (counts.mated(weights) === 0 || counts.nonMated(weights) === 0) return null;
      const matedCounts = new Float64Array(binCount);
      for (let m = 0; m < mated.length; m++) matedCounts[mated[m]] += weights[matedSubjects[m]];
      const present = Int32Array.from(gallery.keys()).filter((j) => weights[gallery[j]] > 0);
      const ofTemplates = present.map((j) => weights[gallery[j]]);
      // Two sums: neighbours often go into one bin, and would wait for each other.
      const [even, odd] = [new Float64Array(binCount + 1), new Float64Array(binCount + 1)];
      let begin = 0;
      for (let probe = 0; probe < probes.length; probe++) {
        const weight = weights[probes[probe]];
        if (weight === 0) continue;
        const row = probe * columns;
        const first = firstTemplate(labels, probe); // does not fall from probe to probe
        while (begin < present.length && present[begin] < first) begin++;
        let i = begin;
        for (; i < present.length - 1; i += 2) {
          even[table[row + present[i]]] += weight * ofTemplates[i];
          odd[table[row + present[i + 1]]] += weight * ofTemplates[i + 1];
        }
        if (i < present.length) even[table[row + present[i]]] += weight * ofTemplates[i];
      }
      const nonMatedCounts = even.subarray(0, binCount);
      for (let bin = 0; bin < binCount; bin++) nonMatedCounts[bin] += odd[bin];
      return overBins(matedCounts, nonMatedCounts, omega);
    },
  };
}

interface BinnedScores {
  readonly omega: number;
  readonly binCount: number;
  readonly low: number;
  readonly width: number;
  /** The bin of each mated score. */
  readonly mated: Uint16Array;
  /** The bins of all non-mated scores, probes × templates; `binCount` where there is none. */
  readonly table: Uint16Array;
}

function binScores(pairs: PairScores, { binCount, omega = 1 }: LinkabilityOptions): BinnedScores {
  const chosen = binCount ?? Math.min(100, Math.max(2, Math.floor(pairs.mated.length / 10)));
  if (!(Number.isInteger(chosen) && chosen >= 2 && chosen <= 65_535) || !(omega > 0 && omega < Infinity)) {
    throw new ValueError(`measureLinkability: got ${chosen} bins and ω = ${omega}; bins are from 2 to 65,535, and ω is above 0`);
  }
  if (pairs.mated.length === 0 || pairs.nonMated.length === 0) {
    throw new ValueError(
      `measureLinkability: got ${pairs.mated.length} mated and ${pairs.nonMated.length} non-mated scores; it needs some of both`,
    );
  }
  let low = Infinity;
  let high = -Infinity;
  for (const scores of [pairs.mated, pairs.nonMated]) {
    for (let i = 0; i < scores.length; i++) {
      if (scores[i] < low && scores[i] > -Infinity) low = scores[i];
      if (scores[i] > high) high = scores[i];
      if (Number.isNaN(scores[i])) throw new ValueError("measureLinkability: a score is NaN; leave that comparison out");
    }
  }
  if (!(low < high && high < Infinity)) {
    throw new ValueError(`measureLinkability: scores are from ${low} to ${high}; they must differ and be finite above`);
  }
  const scale = chosen / (high - low);
  const binOf = (score: number): number => Math.max(0, Math.min(chosen - 1, Math.floor((score - low) * scale)));
  const mated = new Uint16Array(pairs.mated.length);
  for (let m = 0; m < mated.length; m++) mated[m] = binOf(pairs.mated[m]);
  const { labels, nonMated } = pairs;
  const { probes, gallery } = labels;
  const table = new Uint16Array(probes.length * gallery.length).fill(chosen);
  for (let probe = 0, next = 0; probe < probes.length; probe++) {
    const own = probes[probe];
    for (let j = firstTemplate(labels, probe); j < gallery.length; j++) {
      if (gallery[j] !== own) table[probe * gallery.length + j] = binOf(nonMated[next++]);
    }
  }
  return { omega, binCount: chosen, low, width: 1 / scale, mated, table };
}

/** Draws the counts that mated scores would have if each person's mate were the next one in a random circle. */
function exchangeMates({ labels }: PairScores, { binCount, table }: BinnedScores): (random: Random) => Float64Array {
  const { probes, gallery, subjectCount } = labels;
  const people = Int32Array.from(new Set(gallery));
  if (people.length < 2) throw new ValueError(`measureLinkability: ${people.length} person has templates; its null needs two`);
  const columns = gallery.length;
  const templatesOf = indicesBySubject(gallery, subjectCount);
  return (random) => {
    const circle = permutation(people.length, random);
    const next = new Int32Array(subjectCount).fill(-1);
    circle.forEach((person, place) => (next[people[person]] = people[circle[(place + 1) % people.length]]));
    const counts = new Float64Array(binCount);
    probes.forEach((subject, probe) => {
      if (next[subject] < 0) return;
      for (const j of templatesOf[next[subject]]) if (j >= firstTemplate(labels, probe)) counts[table[probe * columns + j]]++;
    });
    return counts;
  };
}

function countsOf(bins: Uint16Array, binCount: number): Float64Array {
  const counts = new Float64Array(binCount + 1);
  for (let i = 0; i < bins.length; i++) counts[bins[i]]++;
  return counts.subarray(0, binCount);
}

function overBins(mated: Float64Array, nonMated: Float64Array, omega: number): number {
  const total = (counts: Float64Array): number => counts.reduce((sum, count) => sum + count, 0);
  const [matedTotal, nonMatedTotal] = [total(mated), total(nonMated)];
  let sum = 0;
  for (let bin = 0; bin < mated.length; bin++) sum += mated[bin] * localOf(mated[bin] / matedTotal, nonMated[bin] / nonMatedTotal, omega);
  return sum / matedTotal;
}

function localOf(h: number, g: number, omega: number): number {
  return omega * h > g ? (omega * h - g) / (omega * h + g) : 0;
}
