import { ShapeError } from "../core/errors.js";
import type { Moments } from "./moments.js";
import type { PairedRows } from "./rows.js";

/** @throws ShapeError when training rows are not as many, or not as wide, as the moments were summed from. */
export function checkTrain({ cross, count }: Moments, { source, target }: PairedRows, caller: string): void {
  if (source.rows !== count || target.rows !== count || source.columns !== cross.rows || target.columns !== cross.columns) {
    throw new ShapeError(
      `${caller}: got training rows of ${source.rows} × ${source.columns} and ${target.rows} × ${target.columns}; the moments are of ${count} pairs of widths ${cross.rows} and ${cross.columns}`,
    );
  }
}
