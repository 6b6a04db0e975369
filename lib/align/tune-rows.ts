import { ShapeError, ValueError } from "../core/errors.js";
import { checkFinite, type Matrix64 } from "../core/matrix.js";
import type { Moments } from "./moments.js";
import type { PairedRows } from "./rows.js";

/** Mean cosine between row i of `mapped` and row i of `wanted`; a row without direction counts as cosine 0. */
export function meanCosine(mapped: Matrix64, wanted: Matrix64): number {
  const { rows, columns } = wanted;
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    let dot = 0;
    let mappedEnergy = 0;
    let wantedEnergy = 0;
    for (let k = i * columns; k < (i + 1) * columns; k++) {
      dot += mapped.data[k] * wanted.data[k];
      mappedEnergy += mapped.data[k] * mapped.data[k];
      wantedEnergy += wanted.data[k] * wanted.data[k];
    }
    const norms = Math.sqrt(mappedEnergy) * Math.sqrt(wantedEnergy);
    if (norms > 0) sum += dot / norms;
  }
  return sum / rows;
}

/** @throws ShapeError when tune rows do not fit the moments; ValueError when there are none, or a value is not finite. */
export function checkTune({ cross }: Moments, { source, target }: PairedRows, caller: string): void {
  if (source.rows !== target.rows || source.columns !== cross.rows || target.columns !== cross.columns) {
    throw new ShapeError(
      `${caller}: got tune rows of ${source.rows} × ${source.columns} and ${target.rows} × ${target.columns}; they must be paired and of widths ${cross.rows} and ${cross.columns}`,
    );
  }
  if (source.rows === 0) throw new ValueError(`${caller}: got no tune rows; pass rows of identities outside the training part`);
  checkFinite(source, `${caller}: tune source`);
  checkFinite(target, `${caller}: tune target`);
}
