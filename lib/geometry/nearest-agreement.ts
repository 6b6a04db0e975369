import { ShapeError, ValueError } from "../core/errors.js";
import type { Matrix32 } from "../core/matrix.js";

/** Whose a point is, and which of several clouds it is from. */
export interface CloudLabel {
  readonly cloud: string;
  readonly identity: string;
}

/**
 * The share of one cloud's points whose nearest point of another cloud, by Euclidean distance, is of the same identity.
 *
 * @param points n × d: all clouds in one space, such as a picture.
 * @throws ShapeError when there is not one label a point; ValueError when either cloud has no point.
 */
export function nearestAgreement({ rows, columns, data }: Matrix32, labels: readonly CloudLabel[], from: string, to: string): number {
  if (labels.length !== rows) throw new ShapeError(`nearestAgreement: got ${rows} points and ${labels.length} labels; give one for each`);
  const indicesOf = (cloud: string): number[] => labels.flatMap((label, i) => (label.cloud === cloud ? [i] : []));
  const [own, others] = [indicesOf(from), indicesOf(to)];
  if (own.length === 0 || others.length === 0) {
    const clouds = [...new Set(labels.map(({ cloud }) => cloud))].join(", ");
    throw new ValueError(`nearestAgreement: got no point of ${own.length === 0 ? from : to}; the clouds are ${clouds}`);
  }
  const squareOf = (i: number, j: number): number => {
    let sum = 0;
    for (let k = 0; k < columns; k++) sum += (data[i * columns + k] - data[j * columns + k]) ** 2;
    return sum;
  };
  let hits = 0;
  for (const i of own) {
    let [nearest, least] = [-1, Infinity];
    for (const j of others) {
      const square = squareOf(i, j);
      if (square < least) [nearest, least] = [j, square];
    }
    if (labels[nearest].identity === labels[i].identity) hits++;
  }
  return hits / own.length;
}
