import { computeCloud } from "../align/cloud.js";
import { lessMean, normaliseRows } from "../align/rows.js";
import { FacebridgeError } from "../core/errors.js";
import { createRandom } from "../core/random.js";
import type { EncoderManifest, InputManifest } from "../data/encoder-manifest.js";
import { loadEncoder } from "../encoders/encoder.js";
import type { SampledFaces } from "../encoders/sample-faces.js";
import type { Engine } from "../linalg/engine.js";
import { bootstrapSubjects, percentileInterval } from "../metrics/bootstrap.js";
import { dPrime as apartOf, dPrimeStatistic } from "../metrics/d-prime.js";
import { differenceStatistic } from "../metrics/subject-statistic.js";
import { auc as areaOf } from "../metrics/verification.js";
import { type AllPairs, verifyAllPairs } from "../metrics/verify-all-pairs.js";

/** How pixels go into a network. */
export interface Preprocessing extends Pick<InputManifest, "channels" | "mean" | "scale"> {
  readonly crop: EncoderManifest["crop"];
}

/** One way of preprocessing, and how well the network then tells the faces apart. */
export interface TriedPreprocessing extends Preprocessing {
  /** In words, beside the manifest's own. */
  readonly name: string;
  /** Of all pairs of faces; null where the network gave no finite vectors. */
  readonly auc: number | null;
  readonly dPrime: number | null;
}

export interface PreprocessingTrial {
  /** As the manifest says. */
  readonly own: TriedPreprocessing;
  readonly others: readonly TriedPreprocessing[];
  /** The one whose d′ is surely above the manifest's own: the lower end of the difference's 95 % interval over people is above 0. */
  readonly better: (TriedPreprocessing & { readonly gain: number; readonly low: number; readonly high: number }) | null;
}

export interface TryPreprocessingOptions {
  readonly dataFolder: string;
  readonly engine: Engine;
  readonly signal?: AbortSignal | undefined;
}

const imageNet = { mean: [123.675, 116.28, 103.53], scale: [1 / 58.395, 1 / 57.12, 1 / 57.375] };
/** Means and scales that networks are usually trained with, of red, green and blue. */
const usual: readonly { readonly name: string; readonly mean: number | readonly number[]; readonly scale: number | readonly number[] }[] = [
  { name: "x in [−1, 1]", mean: 127.5, scale: 1 / 127.5 },
  { name: "x in 0..255", mean: 0, scale: 1 },
  { name: "x in [0, 1]", mean: 0, scale: 1 / 255 },
  { name: "ImageNet mean and scale", ...imageNet },
  { name: "ImageNet mean alone", mean: [123.68, 116.779, 103.939], scale: 1 },
];

/**
 * See whether a network tells faces apart better with other preprocessing than its manifest says: the usual means and scales, then the other order of
 * channels, then the other crop, each on top of the best so far.
 *
 * Ways are ranked by d′ of centred cosines over all pairs of faces: with a few dozen people the AUC of a good network is 1 with channels swapped, too.
 *
 * @throws DataError when the network does not load.
 */
export async function tryPreprocessing(
  manifest: EncoderManifest,
  faces: SampledFaces,
  { dataFolder, engine, signal }: TryPreprocessingOptions,
): Promise<PreprocessingTrial> {
  const measure = async (name: string, way: Preprocessing): Promise<Measured> => {
    signal?.throwIfAborted();
    const { crop, ...input } = way;
    const encoder = await loadEncoder({ ...manifest, crop, input: { ...manifest.input, ...input } }, { dataFolder });
    try {
      const rows = normaliseRows(await encoder.embed(faces.crops[crop]));
      const { mean } = await computeCloud(rows, faces.identities, { engine, signal });
      const seen = await verifyAllPairs(lessMean(rows, mean), faces.identities, { engine, signal });
      return { name, ...way, auc: areaOf(seen.evaluation), dPrime: apartOf(seen.evaluation), seen };
    } catch (error) {
      if (!(error instanceof FacebridgeError)) throw error;
      return { name, ...way, auc: null, dPrime: null, seen: null }; // no finite rows, or rows of zeros
    } finally {
      await encoder.close();
    }
  };

  const { channels, mean, scale } = manifest.input;
  const own = await measure("as the manifest says", { channels, mean, scale, crop: manifest.crop });
  const others: Measured[] = [];
  let best = own;
  const attempt = async (name: string, way: Preprocessing): Promise<void> => {
    const tried = await measure(name, way);
    others.push(tried);
    if ((tried.dPrime ?? 0) > (best.dPrime ?? 0)) best = tried;
  };
  const isGrey = channels === "GRAY";
  for (const { name, ...norm } of usual) {
    if (isGrey && typeof norm.mean !== "number") continue;
    const ordered = channels === "BGR" ? reversed(norm) : norm;
    if (isSame(ordered.mean, mean) && isSame(ordered.scale, scale)) continue;
    await attempt(name, { channels, ...ordered, crop: manifest.crop });
  }
  const onBest = (name: string): string => (best === own ? name : `${best.name}, ${name}`);
  if (!isGrey) {
    const swapped = channels === "RGB" ? "BGR" : "RGB";
    await attempt(onBest(swapped), { channels: swapped, ...reversed(best), crop: best.crop });
  }
  const crop = manifest.crop === "arcface-112" ? "context-224" : "arcface-112";
  await attempt(onBest(crop), { channels: best.channels, mean: best.mean, scale: best.scale, crop });
  return { own: tell(own), others: others.map(tell), better: await compare(best, own, signal) };
}

type Measured = TriedPreprocessing & { readonly seen: AllPairs | null };

function tell({ name, channels, mean, scale, crop, auc, dPrime }: Measured): TriedPreprocessing {
  return { name, channels, mean, scale, crop, auc, dPrime };
}

async function compare(best: Measured, own: Measured, signal: AbortSignal | undefined): Promise<PreprocessingTrial["better"]> {
  if (best === own || best.seen === null) return null;
  if (own.seen === null) return { ...tell(best), gain: best.dPrime!, low: best.dPrime!, high: best.dPrime! };
  const difference = differenceStatistic(dPrimeStatistic(best.seen.pairs), dPrimeStatistic(own.seen.pairs));
  const drawn = await bootstrapSubjects(difference, { random: createRandom(0), signal });
  const interval = percentileInterval(drawn);
  return interval.low > 0 ? { ...tell(best), gain: drawn.estimate, ...interval } : null;
}

/** For channels in the other order. */
function reversed({ mean, scale }: Pick<Preprocessing, "mean" | "scale">): Pick<Preprocessing, "mean" | "scale"> {
  const turn = (value: number | readonly number[]): number | readonly number[] =>
    typeof value === "number" ? value : [...value].reverse();
  return { mean: turn(mean), scale: turn(scale) };
}

function isSame(one: number | readonly number[], other: number | readonly number[]): boolean {
  const [first, second] = [one, other].map((value) => (typeof value === "number" ? [value, value, value] : value));
  return first.every((value, i) => Math.abs(value - second[i]) <= 0.01 * Math.abs(value));
}
