import { ValueError } from "../core/errors.js";
import { bandLayer, chanceLayers, checkLabels, checkRates, curvePoints, labelChannels } from "./curve.js";
import type { Figure } from "./figure.js";
import { applyTheme, headingOf, plotSize } from "./theme.js";

export interface RocCurve {
  readonly label: string;
  /** False match rates. */
  readonly fmr: ArrayLike<number>;
  /** True match rate at each. */
  readonly tmr: ArrayLike<number>;
  /** Bounds of an interval around each true match rate; drawn as a band when both are there. */
  readonly low?: ArrayLike<number>;
  readonly high?: ArrayLike<number>;
}

export interface RocOptions {
  /** Left end of the logarithmic axis; points below it, and those at 0, cannot be drawn. @defaultValue 1e-4 */
  readonly lowestFmr?: number;
  /** @defaultValue none */
  readonly title?: string;
  /** What the bands are, such as "95 % intervals over people", for the subtitle. @defaultValue none */
  readonly intervals?: string;
}

/**
 * Draw receiver operating characteristics: true against false match rate, the latter on a logarithmic axis, with chance.
 *
 * @throws ShapeError when a curve's lists disagree in length.
 * @throws ValueError when a rate is outside [0, 1], labels repeat, a curve has no point to draw, or the axis is not above 0.
 */
export function drawRoc(curves: readonly RocCurve[], { lowestFmr = 1e-4, title, intervals }: RocOptions = {}): Figure {
  const labels = checkLabels(curves.map(({ label }) => label));
  if (!(lowestFmr > 0 && lowestFmr < 1)) {
    throw new ValueError(`drawRoc: got lowestFmr ${lowestFmr}; a logarithmic axis needs an end above 0 and below 1`);
  }
  const points = curves.flatMap(({ label, fmr, tmr, low, high }) => {
    const all = curvePoints(label, fmr, tmr, { low, high });
    checkRates(all, "drawRoc");
    const drawn = all.filter(({ x }) => x >= lowestFmr);
    if (drawn.length === 0) {
      throw new ValueError(`drawRoc: "${label}" has no false match rate of ${lowestFmr} or more; lower lowestFmr`);
    }
    return drawn;
  });
  const axis = { values: decades(lowestFmr), format: "~%" };
  const x = {
    field: "x",
    type: "quantitative",
    title: "False match rate",
    axis,
    scale: { type: "log", domain: [lowestFmr, 1], nice: false },
  };
  const y = { field: "y", type: "quantitative", title: "True match rate", axis: { format: ".0%" }, scale: { domain: [0, 1] } };
  const chance = chancePoints(lowestFmr);
  const channels = labelChannels(labels);
  const tooltip = [
    { field: "label", type: "nominal", title: "Curve" },
    { field: "x", type: "quantitative", title: "False match rate", format: ".2e" },
    { field: "y", type: "quantitative", title: "True match rate", format: ".2%" },
  ];

  return applyTheme({
    ...plotSize,
    ...headingOf(title, intervals === undefined ? undefined : `Bands are ${intervals}`),
    data: { name: "curves", values: points },
    layer: [
      ...chanceLayers(chance, { at: chance.findLast(({ x }) => x <= 0.3) ?? chance[0], side: "right" }, { x, y }),
      bandLayer({ x, y, color: channels.color }),
      { mark: { type: "line", strokeWidth: 2 }, encoding: { x, y, ...channels, tooltip } },
    ],
  });
}

function decades(lowest: number): readonly number[] {
  const first = Math.ceil(Math.log10(lowest) - 1e-9);
  return Array.from({ length: 1 - first }, (_, i) => Number(`1e${first + i}`));
}

/** True = false match rate bends on a logarithmic axis, so it is drawn through eight points a decade. */
function chancePoints(lowest: number): readonly { readonly x: number; readonly y: number }[] {
  const steps = Math.max(2, Math.ceil(-Math.log10(lowest) * 8));
  return Array.from({ length: steps + 1 }, (_, i) => lowest ** (1 - i / steps)).map((rate) => ({ x: rate, y: rate }));
}
