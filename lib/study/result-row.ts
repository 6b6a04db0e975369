import type { Frame } from "../align/map.js";
import type { EngineName } from "../linalg/engine.js";

/** One measured value. Rates are fractions. */
export interface ResultRow {
  readonly experiment: string;
  readonly source: string;
  readonly target: string;
  readonly fitSet: string;
  readonly testSet: string;
  /**
   * A map's name, or a baseline's; after a slash the control that it was fitted under, if any: `ridge/shuffled`; or `seen`: on the tested
   * people. Of an attack what the attacker knew.
   */
  readonly map: string;
  readonly frame: Frame;
  /** `rank1`, `auc`, `tmr@fmr=1e-2`, … */
  readonly metric: string;
  readonly value: number;
  /** Bounds of the 95 % interval; null where none is computed. */
  readonly low: number | null;
  readonly high: number | null;
  /** Rows fitted on. */
  readonly train: number;
  /** Gallery templates. */
  readonly gallery: number;
  readonly probes: number;
  readonly seed: number;
  readonly engine: EngineName;
}
