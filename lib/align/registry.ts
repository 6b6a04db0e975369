import { ValueError } from "../core/errors.js";
import { compareUncentred, padToWider, truncate, zeroPad } from "./baselines.js";
import { fitCca } from "./cca.js";
import type { MomentsOptions } from "./cloud.js";
import { fitDiagonalScale } from "./diagonal-scale.js";
import { computeFolds } from "./identity-folds.js";
import { fitLeastSquares } from "./least-squares.js";
import { fitLinear } from "./linear.js";
import { fitLowRankPath } from "./low-rank.js";
import type { AlignmentMap } from "./map.js";
import type { Moments } from "./moments.js";
import { fitPartialWhitening } from "./partial-whitening.js";
import { matchPrincipalAxes } from "./principal-axes.js";
import { fitProcrustes } from "./procrustes.js";
import { projectRandomly } from "./random-projection.js";
import { describeByAnchors } from "./relative.js";
import { fitRidgePath } from "./ridge.js";
import { fitRidgeFolds } from "./ridge-folds.js";
import { fitRidgeLeaveOneOut } from "./ridge-leave-one-out.js";
import type { PairedRows } from "./rows.js";

/** All that any map is fitted from. */
export interface FitContext extends MomentsOptions {
  readonly moments: Moments;
  /** The pairs that the moments were summed from, for the maps that need to see them. */
  readonly train: PairedRows;
  /** The name of each training pair's identity. */
  readonly trainIdentities: readonly string[];
  /** Pairs of identities that are in neither the training nor the test part, to choose a penalty or a rank by. */
  readonly tune: PairedRows;
  /** Which of the kind's draws, for a kind that has several. @defaultValue 0 */
  readonly draw?: number;
}

/** One way of making a map. */
export interface MapKind {
  readonly name: string;
  /** A baseline learns nothing from which row belongs to which. */
  readonly isBaseline: boolean;
  /** How many maps are drawn at random, for their mean to be reported. @defaultValue 1 */
  readonly drawCount?: number;
  /** The map of these training rows; λ, rank and the like are chosen on the tune rows. */
  fit(context: FitContext): Promise<AlignmentMap>;
}

/** The maps and the baseline of the protocol of record; the contract tests run over each kind. */
export const mapKinds: readonly MapKind[] = Object.freeze<MapKind[]>([
  { name: "least-squares", isBaseline: false, fit: ({ moments, engine, signal }) => fitLeastSquares(moments, { engine, signal }) },
  {
    name: "ridge",
    isBaseline: false,
    fit: async ({ moments, tune, engine, signal }) => (await fitRidgePath(moments, tune, { engine, signal })).map,
  },
  { name: "procrustes", isBaseline: false, fit: ({ moments, engine, signal }) => fitProcrustes(moments, { engine, signal }) },
  { name: "zero-pad", isBaseline: true, fit: ({ moments }) => Promise.resolve(zeroPad(moments)) },
]);

/** Those, and what a reader would compare them with. */
export const allMapKinds: readonly MapKind[] = Object.freeze<MapKind[]>([
  ...mapKinds,
  {
    name: "ridge-leave-one-out",
    isBaseline: false,
    fit: async ({ moments, train, engine, signal }) => (await fitRidgeLeaveOneOut(moments, train, { engine, signal })).map,
  },
  {
    name: "ridge-folds",
    isBaseline: false,
    fit: async ({ moments, train, trainIdentities, engine, signal }) => {
      const folds = await computeFolds(train, trainIdentities, { engine, signal });
      return (await fitRidgeFolds(moments, folds, { engine, signal })).map;
    },
  },
  { name: "linear", isBaseline: false, fit: ({ moments, engine, signal }) => fitLinear(moments, { engine, signal }) },
  {
    name: "low-rank",
    isBaseline: false,
    fit: async ({ moments, tune, engine, signal }) => (await fitLowRankPath(moments, tune, { engine, signal })).map,
  },
  { name: "cca", isBaseline: false, fit: async ({ moments, engine, signal }) => (await fitCca(moments, { engine, signal })).map },
  {
    name: "partial-whitening",
    isBaseline: false,
    fit: ({ moments, engine, signal }) => fitPartialWhitening(moments, { alpha: 0.5, engine, signal }),
  },
  { name: "procrustes-diagonal", isBaseline: false, fit: ({ moments, engine, signal }) => fitDiagonalScale(moments, { engine, signal }) },
  { name: "relative", isBaseline: false, fit: async ({ moments, train }) => Promise.resolve(describeByAnchors(moments, train)) },
  { name: "truncate", isBaseline: true, fit: ({ moments }) => Promise.resolve(truncate(moments)) },
  { name: "pad-to-wider", isBaseline: true, fit: ({ moments }) => Promise.resolve(padToWider(moments)) },
  { name: "uncentred", isBaseline: true, fit: ({ moments }) => Promise.resolve(compareUncentred(moments)) },
  { name: "pca", isBaseline: true, fit: ({ moments, engine, signal }) => matchPrincipalAxes(moments, { engine, signal }) },
  {
    name: "random",
    isBaseline: true,
    drawCount: 10,
    fit: ({ moments, draw = 0, engine, signal }) => projectRandomly(moments, { seed: draw, engine, signal }),
  },
]);

/** The kind of that name, of all. @throws ValueError that lists the names. */
export function findMapKind(name: string): MapKind {
  const kind = allMapKinds.find((entry) => entry.name === name);
  if (kind === undefined) {
    throw new ValueError(`findMapKind: there is no map "${name}"; choose one of ${allMapKinds.map((entry) => entry.name).join(", ")}`);
  }
  return kind;
}
