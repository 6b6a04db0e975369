import { ShapeError, ValueError } from "../core/errors.js";
import type { Dendrogram } from "../geometry/dendrogram.js";
import type { Figure } from "./figure.js";
import { applyTheme, inkColour } from "./theme.js";

export interface DendrogramOptions {
  /**
   * Share of replicates in which the cluster of each merge but the last comes back, in the order of the arms; shown by a dot where it is
   * made. @defaultValue none
   */
  readonly stability?: readonly number[];
  /** What heights are. @defaultValue "Distance" */
  readonly axis?: string;
  /** @defaultValue none */
  readonly title?: string;
}

const rowHeight = 26;

/**
 * Draw a hierarchy: items down the left, joined where their clusters become one.
 *
 * @param names one for each item, by its number.
 * @throws ShapeError when there are not as many names as items, or shares as clusters; ValueError when a height is not finite or negative, or
 * a share is outside [0, 1].
 */
export function drawDendrogram(
  { order, arms }: Dendrogram,
  names: readonly string[],
  { stability, axis = "Distance", title }: DendrogramOptions = {},
): Figure {
  if (names.length !== order.length)
    throw new ShapeError(`drawDendrogram: got ${names.length} names of ${order.length} items; give one for each`);
  if (stability !== undefined && stability.length !== arms.length - 1) {
    throw new ShapeError(`drawDendrogram: got ${stability.length} shares of ${arms.length - 1} clusters; give one for each but the last`);
  }
  const bad = arms.find(({ height }) => !(Number.isFinite(height) && height >= 0));
  if (bad !== undefined)
    throw new ValueError(`drawDendrogram: got the height ${bad.height}; heights are distances, finite and not negative`);
  const outside = stability?.find((share) => !(share >= 0 && share <= 1));
  if (outside !== undefined) throw new ValueError(`drawDendrogram: got the share ${outside}; shares are fractions from 0 to 1`);

  const tallest = Math.max(...arms.map(({ height }) => height));
  const lines = arms.flatMap(({ left, right, height }, merge) =>
    [
      [left.height, left.place],
      [height, left.place],
      [height, right.place],
      [right.height, right.place],
    ].map(([x, y], step) => ({ merge, step, x, y })),
  );
  const shares = (stability ?? []).map((share, merge) => {
    const { left, right, height } = arms[merge];
    return { x: height, y: (left.place + right.place) / 2, share };
  });
  const x = {
    field: "x",
    type: "quantitative",
    title: axis,
    scale: { domain: [0, tallest > 0 ? 1.12 * tallest : 1], nice: false },
    axis: { tickCount: 6 },
  };
  const y = {
    field: "y",
    type: "quantitative",
    title: null,
    scale: { domain: [order.length - 0.5, -0.5], nice: false, zero: false },
    axis: {
      values: order.map((_, place) => place),
      labelExpr: `${JSON.stringify(order.map((item) => names[item]))}[datum.value]`,
      ticks: false,
      domain: false,
      grid: false,
      labelLimit: 220,
    },
  };

  return applyTheme({
    width: 420,
    height: rowHeight * order.length,
    ...(title === undefined ? {} : { title }),
    layer: [
      {
        data: { name: "merges", values: lines },
        mark: { type: "line", strokeWidth: 2, color: inkColour, interpolate: "linear", strokeJoin: "miter", aria: false },
        encoding: { x, y, detail: { field: "merge" }, order: { field: "step" } },
      },
      ...(shares.length === 0
        ? []
        : [
            {
              data: { name: "stability", values: shares },
              mark: { type: "point", filled: true, size: 90, opacity: 1, stroke: inkColour, strokeWidth: 1, aria: false },
              encoding: {
                x,
                y,
                color: {
                  field: "share",
                  type: "quantitative",
                  scale: { domain: [0, 1], scheme: "viridis" },
                  legend: { title: ["Replicates with", "this cluster"], format: ".0%", gradientLength: 100 },
                },
                tooltip: { field: "share", type: "quantitative", format: ".1%", title: "Replicates with this cluster" },
              },
            },
          ]),
    ],
  });
}
