import { ShapeError, ValueError } from "../core/errors.js";
import { referenceName } from "./marks.js";
import { coloursOf, dashes, inkColour, palette, referenceColour } from "./theme.js";

/** One point of a labelled curve, as the figure's data holds it. */
export interface CurvePoint {
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly low?: number;
  readonly high?: number;
}

/** The y values of a curve, each with its interval where there is one. */
export interface CurveBand {
  readonly low?: ArrayLike<number> | undefined;
  readonly high?: ArrayLike<number> | undefined;
}

/**
 * The points of one curve as rows.
 *
 * @throws ShapeError when x, y and the interval disagree in length.
 * @throws ValueError when a value is not finite.
 */
export function curvePoints(label: string, x: ArrayLike<number>, y: ArrayLike<number>, { low, high }: CurveBand = {}): CurvePoint[] {
  const lengths = [x.length, y.length, low?.length ?? x.length, high?.length ?? x.length];
  if (x.length === 0 || new Set(lengths).size > 1) {
    throw new ShapeError(
      `curve "${label}": got ${lengths.join(", ")} values of x, y, low and high; they must be as many as each other and at least one`,
    );
  }
  return Array.from({ length: x.length }, (_, i) => {
    const interval = low && high ? { low: low[i], high: high[i] } : {};
    const point = { label, x: x[i], y: y[i], ...interval };
    const bad = [point.x, point.y, ...Object.values(interval)].find((value) => !Number.isFinite(value));
    if (bad !== undefined) {
      throw new ValueError(`curve "${label}": point ${i} holds ${bad}; every value must be finite, so leave that point out`);
    }
    return point;
  });
}

/** @throws ValueError when a point of two rates has one outside [0, 1]. */
export function checkRates(points: readonly CurvePoint[], caller: string): void {
  const outside = points.find(({ x, y }) => x < 0 || x > 1 || y < 0 || y > 1);
  if (outside)
    throw new ValueError(`${caller}: "${outside.label}" has the point (${outside.x}, ${outside.y}); rates are fractions from 0 to 1`);
}

/** Whether a value lies beyond the ends of an axis, so that what is drawn must be cut there. */
export function isBeyond(value: number, domain: readonly [number, number] | undefined): boolean {
  return domain !== undefined && (value < Math.min(...domain) || value > Math.max(...domain));
}

/** Labels in the order given. @throws ValueError when there are none, or one is there twice. */
export function checkLabels(labels: readonly string[]): readonly string[] {
  if (labels.length === 0) throw new ValueError("drawing curves: got none; give at least one curve");
  const twice = labels.find((label, index) => labels.indexOf(label) !== index);
  if (twice !== undefined) throw new ValueError(`drawing curves: the label "${twice}" is there twice; a legend needs different ones`);
  return labels;
}

/** Colour and dash of each label, with one legend below the plot, where it covers no data. */
export function labelChannels(labels: readonly string[]): Readonly<Record<"color" | "strokeDash", unknown>> {
  const columns = labels.some((label) => label.length > 28) ? 1 : 2;
  const legend = { title: null, orient: "bottom", columns, symbolType: "stroke", symbolSize: 300, symbolStrokeWidth: 2, symbolOpacity: 1 };
  const dashed = labels.map((_, i) => dashes[Math.floor(i / palette.length) % dashes.length]);
  return {
    color: { field: "label", type: "nominal", scale: { domain: labels, range: coloursOf(labels) }, legend },
    strokeDash: { field: "label", type: "nominal", scale: { domain: labels, range: dashed }, legend },
  };
}

/** The intervals of curves as bands, where there are any. */
export function bandLayer({ x, y, color }: { readonly x: object; readonly y: object; readonly color: unknown }): object {
  return {
    transform: [{ filter: "isValid(datum.low) && isValid(datum.high)" }],
    mark: { type: "area", opacity: 0.18, clip: true },
    encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color },
  };
}

export interface PlainPoint {
  readonly x: number;
  readonly y: number;
}

/** Where the line of chance has its name: at its end outside of the plot, or right of a point of it. */
export interface ChanceName {
  readonly at: PlainPoint;
  readonly side: "outside" | "right";
}

/** A dashed grey line through `points`, what guessing would reach, with its name. */
export function chanceLayers(
  points: readonly PlainPoint[],
  { at, side }: ChanceName,
  axes: { readonly x: object; readonly y: object },
): readonly unknown[] {
  const place = side === "outside" ? { align: "left", baseline: "middle", dx: 5 } : { align: "left", baseline: "top", dx: 8, dy: 2 };
  return [
    {
      data: { name: "chance", values: points },
      mark: { type: "line", color: referenceColour, strokeWidth: 1, strokeDash: [3, 3] },
      encoding: { ...axes, tooltip: { value: "Chance" } },
    },
    {
      name: referenceName,
      data: { name: "chance-name", values: [at] },
      mark: { type: "text", text: "chance", color: inkColour, fontSize: 11, ...place },
      encoding: axes,
    },
  ];
}
