import { ValueError } from "../core/errors.js";
import { chanceOf } from "../study/chance.js";
import { rankMetric } from "../study/metric-names.js";
import { bandLayer, chanceLayers, checkLabels, curvePoints, labelChannels } from "./curve.js";
import type { Figure } from "./figure.js";
import { applyTheme, headingOf, plotSize } from "./theme.js";

export interface CmcCurve {
  readonly label: string;
  /** From 1. */
  readonly ranks: ArrayLike<number>;
  /** Share of probes whose mate is at that rank or better. */
  readonly rates: ArrayLike<number>;
  /** Bounds of an interval around each rate; drawn as a band when both are there. */
  readonly low?: ArrayLike<number>;
  readonly high?: ArrayLike<number>;
}

export interface CmcOptions {
  /** Gallery size, for the line of chance: rank / size. Left out when not given. */
  readonly gallerySize?: number;
  /** @defaultValue none */
  readonly title?: string;
  /** What the bands are, such as "95 % intervals over people", for the subtitle. @defaultValue none */
  readonly intervals?: string;
}

/**
 * Draw cumulative match characteristics: identification rate against rank.
 *
 * @throws ShapeError when a curve's lists disagree in length.
 * @throws ValueError when a value is not finite, a rate is outside [0, 1], or labels repeat.
 */
export function drawCmc(curves: readonly CmcCurve[], { gallerySize, title, intervals }: CmcOptions = {}): Figure {
  const labels = checkLabels(curves.map(({ label }) => label));
  const points = curves.flatMap(({ label, ranks, rates, low, high }) => curvePoints(label, ranks, rates, { low, high }));
  const outside = points.find(({ y }) => y < 0 || y > 1);
  if (outside) {
    throw new ValueError(`drawCmc: "${outside.label}" has the rate ${outside.y} at rank ${outside.x}; rates are fractions from 0 to 1`);
  }
  const lastRank = Math.max(...points.map(({ x }) => x));
  const x = {
    field: "x",
    type: "quantitative",
    title: "Rank",
    axis: { values: rankTicks(lastRank), format: "d" },
    scale: { domain: [1, lastRank], nice: false },
  };
  const y = { field: "y", type: "quantitative", title: "Probes identified", axis: { format: ".0%" }, scale: { domain: [0, 1] } };
  const chance = gallerySize === undefined ? [] : [1, lastRank].map((rank) => ({ x: rank, y: chanceOf(rankMetric(rank), gallerySize) }));
  const channels = labelChannels(labels);
  const tooltip = [
    { field: "label", type: "nominal", title: "Curve" },
    { field: "x", type: "quantitative", title: "Rank" },
    { field: "y", type: "quantitative", title: "Probes identified", format: ".2%" },
  ];

  return applyTheme({
    ...plotSize,
    ...headingOf(title, intervals === undefined ? undefined : `Bands are ${intervals}`),
    data: { name: "curves", values: points },
    layer: [
      ...(chance.length === 0 ? [] : chanceLayers(chance, { at: chance.at(-1)!, side: "outside" }, { x, y })),
      bandLayer({ x, y, color: channels.color }),
      {
        mark: { type: "line", strokeWidth: 2, interpolate: "linear", ...(lastRank === 1 ? { point: true } : {}) },
        encoding: { x, y, ...channels, tooltip },
      },
    ],
  });
}

/** Rank 1 and at most ten round ranks. */
function rankTicks(lastRank: number): readonly number[] {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((size) => lastRank / size <= 10) ?? lastRank;
  const round = Array.from({ length: Math.floor(lastRank / step) }, (_, i) => (i + 1) * step);
  return [...new Set([1, ...round])];
}
