import { ValueError } from "../core/errors.js";
import { probit } from "../metrics/probit.js";
import { chanceLayers, checkLabels, checkRates, curvePoints, labelChannels } from "./curve.js";
import type { Figure } from "./figure.js";
import { applyTheme, plotSize } from "./theme.js";

export interface ErrorCurve {
  readonly label: string;
  /** False match rates. */
  readonly fmr: ArrayLike<number>;
  /** False non-match rate at each. */
  readonly fnmr: ArrayLike<number>;
}

export interface DetOptions {
  /** Lower end of both axes; curves are cut there. @defaultValue 1e-3 */
  readonly lowest?: number;
  /** @defaultValue none */
  readonly title?: string;
}

/** Upper end of both axes: above one half, so that a curve at chance is a line and no corner. */
const highest = 0.7;
const ticks = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.05, 0.1, 0.2, 0.5];

/**
 * Draw detection error trade-offs: both error rates on axes of the normal distribution's quantiles, with chance.
 *
 * @throws ShapeError when a curve's lists disagree in length.
 * @throws ValueError when a rate is outside [0, 1], labels repeat, a curve has no point to draw, or the axes do not start between 0 and their end.
 * @see Martin et al. 1997, "The DET curve in assessment of detection task performance", Eurospeech, 1895–1898
 */
export function drawDet(curves: readonly ErrorCurve[], { lowest = 1e-3, title }: DetOptions = {}): Figure {
  const labels = checkLabels(curves.map(({ label }) => label));
  if (!(lowest > 0 && lowest < highest)) throw new ValueError(`drawDet: got lowest ${lowest}; the axes start above 0 and below ${highest}`);
  const isWithin = (rate: number): boolean => rate >= lowest && rate <= highest;
  const points = curves.flatMap(({ label, fmr, fnmr }) => {
    const all = curvePoints(label, fmr, fnmr);
    checkRates(all, "drawDet");
    // Rates of 0 and 1 have no quantile. A neighbour of a point within the axes is kept: the curve runs to the border towards it.
    const finite = all.filter(({ x, y }) => Math.min(x, y) > 0 && Math.max(x, y) < 1);
    const inside = finite.map(({ x, y }) => isWithin(x) && isWithin(y));
    const drawn = finite.filter((_, i) => inside[i] || inside[i - 1] || inside[i + 1]);
    if (drawn.length === 0)
      throw new ValueError(`drawDet: "${label}" has no point with both rates from ${lowest} to ${highest}; lower lowest`);
    return drawn.map(({ x, y }) => ({ label, fmr: x, fnmr: y, x: probit(x), y: probit(y) }));
  });
  const shown = ticks.filter((rate) => rate >= lowest);
  // d3 writes a negative number with a minus sign, not a hyphen.
  const names = shown.map((rate) => `'${probit(rate).toFixed(4).replace("-", "−")}': '${Number((100 * rate).toPrecision(1))}%'`);
  const axis = { values: shown.map(probit), labelExpr: `({${names.join(", ")}})[format(datum.value, '.4f')]` };
  const scale = { domain: [probit(lowest), probit(highest)], nice: false, zero: false };
  const channel = (field: string, name: string): object => ({ field, type: "quantitative", title: name, axis, scale });
  const [x, y] = [channel("x", "False match rate"), channel("y", "False non-match rate")];
  const ends = [1 - highest, highest].map((rate) => ({ x: probit(rate), y: probit(1 - rate) }));
  const tooltip = [
    { field: "label", type: "nominal", title: "Curve" },
    { field: "fmr", type: "quantitative", title: "False match rate", format: ".2e" },
    { field: "fnmr", type: "quantitative", title: "False non-match rate", format: ".2%" },
  ];
  return applyTheme({
    width: plotSize.height,
    height: plotSize.height,
    ...(title === undefined ? {} : { title }),
    data: { name: "curves", values: points },
    layer: [
      ...chanceLayers(ends, { at: ends[0], side: "right" }, { x, y }),
      { mark: { type: "line", strokeWidth: 2, clip: true }, encoding: { x, y, ...labelChannels(labels), tooltip } },
    ],
  });
}
