import { ValueError } from "../core/errors.js";

/**
 * Holm's adjusted p values: rejecting those up to α keeps the chance of any false rejection in the family at α, however tests depend.
 *
 * @returns in the order given.
 * @throws ValueError when there is none, or one is outside [0, 1].
 * @see Holm 1979, Scandinavian Journal of Statistics 6(2), 65–70
 */
export function holm(pValues: readonly number[]): number[] {
  if (pValues.length === 0) throw new ValueError("holm: got no p values; it needs at least one");
  const bad = pValues.findIndex((p) => !(p >= 0 && p <= 1));
  if (bad >= 0) throw new ValueError(`holm: p value ${bad} is ${pValues[bad]}; it must be from 0 to 1`);
  const order = pValues.map((_, i) => i).sort((one, other) => pValues[one] - pValues[other]);
  const adjusted = new Array<number>(pValues.length);
  let largest = 0;
  order.forEach((index, place) => {
    largest = Math.max(largest, Math.min(1, (pValues.length - place) * pValues[index]));
    adjusted[index] = largest;
  });
  return adjusted;
}
