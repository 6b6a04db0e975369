// What all parts of the bench of maps fit, and what they call it.
import { fitLeastSquares, fitProcrustes, fitRidgeLeaveOneOut } from "facebridge/align";

export const range = (first, last) => Int32Array.from({ length: last - first }, (_, i) => first + i);

export const nameOf = (source, target, map) => `${source}-${target}-${map.name}`;

/** Whose images the rows are. */
export function peopleOf(rows, { imagesPerPerson }) {
  return Array.from(rows, (row) => `made/${Math.floor(row / imagesPerPerson)}`);
}

export async function threeMaps(moments, train, { ratios, engine }) {
  const { map: ridge } = await fitRidgeLeaveOneOut(moments, train, { ratios, engine });
  return [await fitLeastSquares(moments, { engine }), ridge, await fitProcrustes(moments, { engine })];
}
