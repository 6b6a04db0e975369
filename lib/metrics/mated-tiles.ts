import { ValueError } from "../core/errors.js";
import { startPace } from "../linalg/pace.js";
import type { ScoreLabels } from "./labels.js";
import type { TileSource } from "./recognition.js";
import { nanScore, type SubjectTile } from "./count-tile.js";
import type { SubjectGroups } from "./subject-tiles.js";

/** What the tiles on the diagonal hold. */
export interface MatedOfTiles {
  /** Mated scores; probe by probe as they were given, templates in order within. */
  readonly mated: Float32Array;
  readonly matedSubjects: Int32Array;
  /** For each probe, ordered by subject: its best mate, how many mates it has, and how many score as the best. */
  readonly best: Float32Array;
  readonly mateCounts: Int32Array;
  readonly bestCounts: Int32Array;
  /** Smallest and largest finite score among the mated and the sample. */
  readonly range: { readonly low: number; readonly high: number };
  /** Some of the non-mated scores, ascending. */
  readonly sample: Float32Array;
}

/** Non-mated scores that thresholds are predicted from. */
const mostSampled = 2 ** 18;

/** Score the tiles on the diagonal, where every mated comparison is. */
export async function collectMated(
  tiles: TileSource,
  groups: SubjectGroups,
  labels: ScoreLabels,
  { matedCount, signal }: { readonly matedCount: number; readonly signal: AbortSignal | undefined },
): Promise<MatedOfTiles> {
  const { probeOrder, probeBegins, templateBegins, subjects } = groups;
  const mated = new Float32Array(matedCount);
  const matedSubjects = new Int32Array(matedCount);
  const begins = matedBegins(labels, groups);
  const best = new Float32Array(probeOrder.length).fill(-Infinity);
  const mateCounts = new Int32Array(probeOrder.length);
  const bestCounts = new Int32Array(probeOrder.length);
  const sample = createSample(groups, tiles.area);
  const pace = startPace(signal);
  for (let group = 0; group < groups.groups.length; group++) {
    const { probes, templates, subjects: some } = groups.groups[group];
    if (probes.first === probes.last || templates.first === templates.last) continue;
    const tile = await tiles.tile(group, group);
    const { data, columns: width } = tile.scores;
    for (let subject = some.first; subject < some.last; subject++) {
      for (let probe = probeBegins[subject]; probe < probeBegins[subject + 1]; probe++) {
        const from = tile.isHalf ? probe + 1 : templateBegins[subject];
        const end = templateBegins[subject + 1];
        const shift = (probe - tile.firstProbe) * width - tile.firstTemplate;
        let at = begins[probeOrder[probe]];
        mateCounts[probe] = Math.max(0, end - from);
        for (let j = from; j < end; j++) {
          const score = data[shift + j];
          if (Number.isNaN(score)) throw new ValueError(nanScore);
          matedSubjects[at] = subjects[subject];
          mated[at++] = score;
          if (score > best[probe]) {
            best[probe] = score;
            bestCounts[probe] = 0;
          }
          if (score === best[probe]) bestCounts[probe]++;
        }
      }
    }
    sample.add(tile);
    if (pace.spend(data.length)) await pace.turn();
  }
  const some = sample.result();
  return { mated, matedSubjects, best, mateCounts, bestCounts, range: rangeOf([mated, some]), sample: some };
}

/** Smallest and largest finite score; 0 to 0 when there is none. */
function rangeOf(sides: readonly Float32Array[]): { low: number; high: number } {
  let low = Infinity;
  let high = -Infinity;
  for (const scores of sides) {
    for (let i = 0; i < scores.length; i++) {
      if (scores[i] < low && scores[i] !== -Infinity) low = scores[i];
      if (scores[i] > high) high = scores[i];
    }
  }
  return low <= high ? { low, high } : { low: 0, high: 0 };
}

/** Where the mated scores of each probe begin, in the order in which probes were given. */
function matedBegins({ probes, pairs }: ScoreLabels, { probeOrder, probeBegins, templateBegins, subjects }: SubjectGroups): Float64Array {
  const counts = new Int32Array(probes.length);
  for (let subject = 0; subject < subjects.length; subject++) {
    for (let probe = probeBegins[subject]; probe < probeBegins[subject + 1]; probe++) {
      counts[probeOrder[probe]] = templateBegins[subject + 1] - (pairs === "upper" ? probe + 1 : templateBegins[subject]);
    }
  }
  const begins = new Float64Array(probes.length);
  for (let probe = 1; probe < probes.length; probe++) begins[probe] = begins[probe - 1] + counts[probe - 1];
  return begins;
}

interface Sample {
  add(tile: SubjectTile): void;
  result(): Float32Array;
}

/** Non-mated scores of the diagonal tiles, evenly spaced. */
function createSample({ groups, probeSubjects, templateSubjects }: SubjectGroups, tileArea: number): Sample {
  // Odd, so that it shares few divisors with a width and walks through all columns.
  const area = groups.length * tileArea;
  const wanted = Math.min(mostSampled, Math.max(2 ** 12, area / 16));
  const step = Math.floor(area / wanted) | 1;
  const scores = new Float32Array(groups.length * Math.ceil(tileArea / step));
  let used = 0;
  return {
    add({ rows: { subjects }, scores: { data, columns: width }, firstProbe, firstTemplate, isHalf }: SubjectTile): void {
      const isWithin = (subject: number): boolean => subject >= subjects.first && subject < subjects.last;
      for (let i = 0; i < data.length; i += step) {
        const row = Math.floor(i / width);
        const [one, other] = [probeSubjects[firstProbe + row], templateSubjects[firstTemplate + i - row * width]];
        if (isWithin(one) && isWithin(other) && (isHalf ? one < other : one !== other)) scores[used++] = data[i];
      }
    },
    result: () => scores.slice(0, used).sort(),
  };
}
