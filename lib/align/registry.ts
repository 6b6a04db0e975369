import { ValueError } from "../core/errors.js";
import { zeroPad } from "./baselines.js";
import type { MomentsOptions } from "./cloud.js";
import { fitLeastSquares } from "./least-squares.js";
import type { AlignmentMap } from "./map.js";
import type { Moments } from "./moments.js";
import { fitProcrustes } from "./procrustes.js";
import { fitRidgePath, type TuneRows } from "./ridge.js";

/** All that any map is fitted from. */
export interface FitContext extends MomentsOptions {
  readonly moments: Moments;
  readonly tune: TuneRows;
}

/** One way of making a map. */
export interface MapKind {
  readonly name: string;
  /** A baseline learns nothing but the two means. */
  readonly isBaseline: boolean;
  fit(context: FitContext): Promise<AlignmentMap>;
}

/** Every map and baseline; the contract tests run over each. */
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

/** The kind of that name. @throws ValueError that lists the names. */
export function findMapKind(name: string): MapKind {
  const kind = mapKinds.find((entry) => entry.name === name);
  if (kind === undefined) {
    throw new ValueError(`findMapKind: there is no map "${name}"; choose one of ${mapKinds.map((entry) => entry.name).join(", ")}`);
  }
  return kind;
}
