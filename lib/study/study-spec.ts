import type { PairControl } from "../align/controls.js";
import type { Frame } from "../align/map.js";
import type { Moments } from "../align/moments.js";
import { findMapKind } from "../align/registry.js";
import { ValueError } from "../core/errors.js";
import type { Progress } from "../core/progress.js";
import type { EmbeddingSet } from "../data/embedding-set.js";
import type { FaceSetManifest } from "../data/face-set-manifest.js";
import type { SamePerson } from "../data/splits.js";
import type { Engine } from "../linalg/engine.js";
import type { SubjectHits } from "../metrics/subject-statistic.js";
import type { RocPoint } from "../metrics/roc.js";
import type { StudyCache } from "./cache.js";
import { rankMetric, tmrMetric } from "./metric-names.js";
import type { StudyPlan } from "./protocol.js";
import type { ResultRow } from "./result-row.js";

/** Probes of `source` are mapped into the space of `target`. */
export interface EncoderPair {
  readonly source: string;
  readonly target: string;
}

/** An experiment as data. */
export interface StudySpec {
  readonly experiment: string;
  readonly pairs: readonly EncoderPair[];
  /** Names of the registry, and `native`: the target network against itself. */
  readonly maps: readonly string[];
  /** Ids of study sets. */
  readonly fitSet: string;
  readonly testSet: string;
  readonly seed: number;
  /** Share of the training identities that maps are fitted on; a smaller share is within a larger. The tune identities stay. @defaultValue 1 */
  readonly fraction?: number;
  /** @defaultValue ["centred", "raw"] */
  readonly frames?: readonly Frame[];
  /** @defaultValue [1, 5, 10] */
  readonly ranks?: readonly number[];
  /** @defaultValue [1e-2, 1e-3] */
  readonly fmrs?: readonly number[];
  /**
   * Pairs that maps are fitted on that are wrong on purpose, drawn by `seed`; the mean over some draws is reported. Maps are then called
   * `ridge/shuffled` and so on; the test is as ever. @defaultValue "none"
   */
  readonly control?: "none" | PairControl;
  /**
   * Why maps are to be fitted on the images of the very people who are tested, such as `"to show the size of the leak"`; maps are then
   * called `ridge/seen` and so on. @defaultValue nobody who is tested is fitted on
   */
  readonly allowSeen?: string;
}

/** What a study works with. */
export interface StudyContext {
  /** A network's embeddings of a face set. @throws DataError when they are not there. */
  readonly load: (encoder: string, faceSet: string) => Promise<EmbeddingSet>;
  readonly faceSets: readonly FaceSetManifest[];
  /** People who are in several face sets. */
  readonly overlap: readonly SamePerson[];
  readonly engine: Engine;
  readonly signal?: AbortSignal | undefined;
  /** Keeps what was measured, for the next time; null to measure all anew. @defaultValue null */
  readonly cache?: StudyCache | null;
  /** Worker threads that share what there is to measure, each with an engine of its own where the engine can (`Engine.onThreads`); 1 measures on the caller's thread. @defaultValue 1 */
  readonly workers?: number;
  /** Sums of pairs that were made before, by `keyOf`; such a context has no cache and no workers. @defaultValue none */
  readonly moments?: ReadonlyMap<string, Moments>;
  /** Counts evaluations: see countEvaluations. @defaultValue silent */
  readonly progress?: Progress;
}

/** Whose mates one evaluation found first. */
export interface StudyPeople extends EncoderPair, SubjectHits {
  readonly map: string;
  readonly frame: Frame;
}

/** The curves of one evaluation, for figures. */
export interface StudyCurves extends EncoderPair {
  readonly map: string;
  readonly frame: Frame;
  readonly cmc: readonly number[];
  readonly cmcLow: readonly number[];
  readonly cmcHigh: readonly number[];
  readonly roc: readonly RocPoint[];
}

export interface StudyResult {
  readonly rows: readonly ResultRow[];
  readonly curves: readonly StudyCurves[];
  /** Rank-1 by test person, of every evaluation; the people are in the same order in all of them. */
  readonly people: readonly StudyPeople[];
  /** Rows without a direction, over all evaluations; they scored −∞. */
  readonly degenerateCount: number;
  readonly plan: StudyPlan;
}

const usualRanks = [1, 5, 10];
const usualFmrs = [1e-2, 1e-3];

/** What is measured, whatever is reported, so that studies that report otherwise find it done. */
export function measuredBy({ ranks = [], fmrs = [] }: Partial<StudySpec>): { readonly ranks: number[]; readonly fmrs: number[] } {
  return { ranks: [...new Set([...usualRanks, ...ranks])], fmrs: [...new Set([...usualFmrs, 1e-4, ...fmrs])] };
}

/** The metrics of the rows, in order. */
export function reportedBy({ ranks = usualRanks, fmrs = usualFmrs }: StudySpec): string[] {
  return [...ranks.map(rankMetric), "auc", "eer", ...fmrs.map(tmrMetric)];
}

/** In the order of the rows. */
export function framesOf({ frames = ["centred", "raw"] }: StudySpec): readonly Frame[] {
  return frames;
}

/** Every ordered pair of different encoders. */
export function orderedPairs(encoders: readonly string[]): EncoderPair[] {
  return encoders.flatMap((source) => encoders.filter((target) => target !== source).map((target) => ({ source, target })));
}

/** How many evaluations a study makes: the total of its progress. */
export function countEvaluations({ pairs, maps }: StudySpec): number {
  const learnt = maps.filter((map) => map !== "native").length;
  return pairs.length * learnt + (maps.includes("native") ? targetsOf(pairs).length : 0);
}

/** @throws ValueError when a spec names nothing, something twice, a network onto itself, or a map that there is not. */
export function checkSpec({ experiment, pairs, maps }: StudySpec): void {
  if (pairs.length === 0 || maps.length === 0) {
    throw new ValueError(`runStudy: ${experiment} has ${pairs.length} pairs and ${maps.length} maps; name at least one of each`);
  }
  const twice = [...pairs.map(keyOf), ...maps].find((name, i, all) => all.indexOf(name) !== i);
  if (twice !== undefined) throw new ValueError(`runStudy: ${experiment} names ${twice} twice; name each pair and each map once`);
  const same = pairs.find(({ source, target }) => source === target);
  if (same !== undefined) {
    throw new ValueError(`runStudy: ${experiment} maps ${same.source} onto itself; ask for the map "native" instead`);
  }
  for (const map of maps) if (map !== "native") findMapKind(map);
}

/** Every target once, in order. */
export function targetsOf(pairs: readonly EncoderPair[]): string[] {
  return [...new Set(pairs.map(({ target }) => target))];
}

/** One text for one direction. */
export function keyOf({ source, target }: EncoderPair): string {
  return `${source} → ${target}`;
}
