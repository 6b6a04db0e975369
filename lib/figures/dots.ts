import { ValueError } from "../core/errors.js";
import type { Figure } from "./figure.js";
import { markLayers, type Mark } from "./marks.js";
import { applyTheme, coloursOf, plotSize, shapesOf } from "./theme.js";

/** A value with its interval, such as a map's mean Rank-1. */
export interface Dot {
  /** What the row of the figure is called. */
  readonly label: string;
  /** What its colour and shape stand for; dots of one label stand side by side. */
  readonly group: string;
  readonly value: number;
  readonly low?: number | null;
  readonly high?: number | null;
}

export interface DotsOptions {
  /** What the values are, for the axis. */
  readonly title: string;
  /** What the bars are, such as "95 % intervals over people", for the axis too. @defaultValue none */
  readonly intervals?: string;
  /** Of the axis (d3-format); "points" for differences between rates, which are drawn in percentage points. @defaultValue ".0%" */
  readonly format?: string;
  /** Ends of the axis. @defaultValue where the data end */
  readonly domain?: readonly [number, number];
  /** A dashed line with its name, such as chance. @defaultValue none */
  readonly mark?: Mark;
}

const rowHeight = 16;

/**
 * Draw values with their intervals, a row for each label and group.
 *
 * @throws ValueError when there is none, one is there twice, or a number is not finite.
 */
export function drawDots(dots: readonly Dot[], { title, intervals, format = ".0%", domain, mark }: DotsOptions): Figure {
  checkDots(dots);
  const labels = [...new Set(dots.map(({ label }) => label))];
  const groups = [...new Set(dots.map(({ group }) => group))];
  const [unit, tick, fine] = format === "points" ? [100, "~f", ".1f"] : [1, format, format.endsWith("%") ? ".1%" : ".4~g"];
  const placed = placeDots(dots, groups).map((dot) => inUnit(dot, unit));
  const most = Math.max(...labels.map((label) => dots.filter((dot) => dot.label === label).length));

  const name = format === "points" ? `${title}, in percentage points` : title;
  const scale = domain === undefined ? { zero: false } : { domain: domain.map((end) => end * unit), nice: false, clamp: true };
  const words = intervals === undefined ? name : [name, `bars are ${intervals}`];
  const x = { field: "value", type: "quantitative", title: words, axis: { format: tick }, scale };
  const y = { field: "label", type: "nominal", title: null, sort: labels, axis: { labelLimit: 0, grid: false, ticks: false } };
  const yOffset = { field: "place", type: "quantitative", scale: { domain: [-most / 2, most / 2], nice: false } };
  const legend = groups.length === 1 ? null : { title: null, orient: "bottom", columns: 3, labelLimit: 240 };
  const group = { field: "group", type: "nominal", sort: groups, legend };
  const color = { ...group, scale: { domain: groups, range: coloursOf(groups) } };
  const shape = { ...group, scale: { domain: groups, range: shapesOf(groups) } };
  const tooltip = [
    { field: "label", type: "nominal", title: " " },
    ...(groups.length === 1 ? [] : [{ field: "group", type: "nominal", title: "  " }]),
    { field: "value", type: "quantitative", title: name, format: fine },
    { field: "low", type: "quantitative", title: "95 % from", format: fine },
    { field: "high", type: "quantitative", title: "to", format: fine },
  ];
  return applyTheme({
    width: plotSize.width,
    height: Math.max(80, labels.length * (most * rowHeight + 8)),
    data: { name: "dots", values: placed },
    layer: [
      ...markLayers("x", mark === undefined ? [] : [{ ...mark, at: mark.at * unit }], scale),
      {
        transform: [{ filter: "isValid(datum.low) && isValid(datum.high)" }],
        mark: { type: "rule", strokeWidth: 2 },
        encoding: { x: { ...x, field: "low" }, x2: { field: "high" }, y, yOffset, color },
      },
      { mark: { type: "point", filled: true, size: 60, opacity: 1 }, encoding: { x, y, yOffset, color, shape, tooltip } },
    ],
  });
}

/** The dots of a row about its middle, however many groups it has, in the groups' order. */
function placeDots(dots: readonly Dot[], groups: readonly string[]): readonly (Dot & { readonly place: number })[] {
  return dots.map((dot) => {
    const row = dots.filter(({ label }) => label === dot.label).map(({ group }) => groups.indexOf(group));
    const before = row.filter((index) => index < groups.indexOf(dot.group)).length;
    return { ...dot, place: before - (row.length - 1) / 2 };
  });
}

function inUnit<T extends Dot>(dot: T, unit: number): T {
  if (unit === 1) return dot;
  const [value, low, high] = [dot.value, dot.low, dot.high].map((number) => (typeof number === "number" ? number * unit : number));
  return { ...dot, value, low, high };
}

function checkDots(dots: readonly Dot[]): void {
  if (dots.length === 0) throw new ValueError("drawDots: got no values; give at least one");
  const seen = new Set<string>();
  for (const { label, group, value, low, high } of dots) {
    const key = JSON.stringify([label, group]);
    if (seen.has(key)) throw new ValueError(`drawDots: ${label}, ${group} is there twice; give each once`);
    seen.add(key);
    const bad = [value, low ?? value, high ?? value].find((number) => !Number.isFinite(number));
    if (bad !== undefined) throw new ValueError(`drawDots: ${label}, ${group} holds ${bad}; every number must be finite, so leave it out`);
  }
}
