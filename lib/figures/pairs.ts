import { ValueError } from "../core/errors.js";
import type { Figure } from "./figure.js";
import { metricTitle } from "./metric-title.js";
import { applyTheme, headingOf } from "./theme.js";

/** What a heat map reads of a result row. */
export interface PairRow {
  readonly source: string;
  readonly target: string;
  readonly metric: string;
  readonly value: number;
}

export interface PairsOptions {
  /** The metric to draw, such as `rank1`; rows of others are left out. */
  readonly metric: string;
  /** Names of the networks, in the order of the axes. @defaultValue in order of first appearance */
  readonly order?: readonly string[];
  /** Names to print for the networks. @defaultValue the rows' own */
  readonly names?: Readonly<Record<string, string>>;
  /** Ends of the colour scale, which its legend marks where values lie beyond. @defaultValue [0, 1] */
  readonly domain?: readonly [number, number];
  /** Number format of the cells (d3-format). @defaultValue ".1%" */
  readonly format?: string;
  /** `sequential` from low to high; `diverging` for differences, pale in the middle of the domain. @defaultValue "sequential" */
  readonly scale?: "sequential" | "diverging";
  /** Pairs to outline, both ways, and what that means, for the subtitle: such as networks of one source. @defaultValue none */
  readonly outlined?: { readonly pairs: readonly (readonly [string, string])[]; readonly meaning: string };
  /** @defaultValue none */
  readonly title?: string;
}

const cellSize = { width: 58, height: 34 };

/**
 * Draw one value of each source → target pair as a matrix: sources down, targets across, values printed.
 *
 * @throws ValueError when the metric has no rows, a pair is there twice, or a value is not finite.
 */
export function drawPairs(rows: readonly PairRow[], options: PairsOptions): Figure {
  const { metric, names = {}, domain = [0, 1], format = ".1%", scale = "sequential", outlined, title } = options;
  const chosen = rows.filter((row) => row.metric === metric);
  const order = options.order ?? [...new Set(chosen.flatMap(({ source, target }) => [source, target]))];
  checkRows(rows, chosen, metric);

  const nameOf = (network: string): string => names[network] ?? network;
  const values = chosen.map(({ source, target, value }) => ({ source: nameOf(source), target: nameOf(target), value }));
  const sourceNames = order.filter((network) => chosen.some(({ source }) => source === network)).map(nameOf);
  const targetNames = order.filter((network) => chosen.some(({ target }) => target === network)).map(nameOf);
  const outlines =
    outlined?.pairs.flatMap(([one, other]) => [
      { source: nameOf(one), target: nameOf(other) },
      { source: nameOf(other), target: nameOf(one) },
    ]) ?? [];
  const axis = { ticks: false, domain: false, grid: false, labelLimit: 220 };
  const x = {
    field: "target",
    type: "nominal",
    title: "Target network",
    sort: targetNames,
    axis: { ...axis, orient: "top", labelAngle: -35 },
  };
  const y = { field: "source", type: "nominal", title: "Source network", sort: sourceNames, axis };

  // On both marks: the number lies over its cell, and hides it from the pointer.
  const tooltip = [
    { field: "source", type: "nominal", title: "Source network" },
    { field: "target", type: "nominal", title: "Target network" },
    { field: "value", type: "quantitative", title: metricTitle(metric), format },
  ];

  return applyTheme({
    width: cellSize.width * targetNames.length,
    height: cellSize.height * sourceNames.length,
    ...headingOf(title, outlined === undefined ? undefined : `Outlined: ${outlined.meaning}`),
    data: { name: "pairs", values },
    encoding: { x, y, tooltip },
    layer: [
      {
        mark: { type: "rect", cornerRadius: 2 },
        encoding: {
          color: {
            field: "value",
            type: "quantitative",
            scale: { domain, ...colours[scale], clamp: true },
            legend: {
              title: metricTitle(metric),
              format,
              gradientLength: Math.max(60, cellSize.height * sourceNames.length),
              ...beyondEnds(values, domain),
            },
          },
        },
      },
      {
        mark: { type: "text", fontSize: 11 },
        encoding: {
          text: { field: "value", type: "quantitative", format },
          color: { condition: { test: isPale(scale, domain), value: "#000000" }, value: "#ffffff" },
        },
      },
      ...(outlines.length === 0
        ? []
        : outlineStrokes.map((stroke) => ({
            data: { name: "outlined", values: outlines },
            mark: { type: "rect", filled: false, ...stroke, cornerRadius: 2, aria: false },
            encoding: { tooltip: { value: outlined?.meaning } },
          }))),
    ],
  });
}

const colours = { sequential: { scheme: "viridis" }, diverging: { scheme: "purpleorange", reverse: true } } as const;

/** White beneath a colour of neither scale: seen on each of their colours, on light pages and on dark ones. */
const outlineStrokes = [
  { stroke: "#ffffff", strokeWidth: 5 },
  { stroke: "#D81B60", strokeWidth: 2.5 },
];

/** Marks the ends of the colour scale that values lie beyond. */
function beyondEnds(values: readonly { readonly value: number }[], [low, high]: readonly [number, number]): object {
  const marks = [
    ...(values.some(({ value }) => value < low) ? [`datum.value === ${low} ? "≤ " : `] : []),
    ...(values.some(({ value }) => value > high) ? [`datum.value === ${high} ? "≥ " : `] : []),
  ];
  if (marks.length === 0) return {};
  const step = (high - low) / 4;
  return { values: [low, low + step, low + 2 * step, low + 3 * step, high], labelExpr: `(${marks.join("")}"") + datum.label` };
}

/** Whether a cell is so pale that its number is black: a Vega expression. */
function isPale(scale: "sequential" | "diverging", [low, high]: readonly [number, number]): string {
  const middle = (low + high) / 2;
  return scale === "sequential" ? `datum.value > ${middle}` : `abs(datum.value - ${middle}) < ${0.27 * (high - low)}`;
}

function checkRows(rows: readonly PairRow[], chosen: readonly PairRow[], metric: string): void {
  if (chosen.length === 0) {
    const found = [...new Set(rows.map((row) => row.metric))].join(", ") || "none";
    throw new ValueError(`drawPairs: no row has the metric ${metric}; the rows hold ${found}`);
  }
  const seen = new Set<string>();
  for (const { source, target, value } of chosen) {
    const pair = `${source} → ${target}`;
    if (seen.has(pair)) throw new ValueError(`drawPairs: ${pair} has two values of ${metric}; filter the rows to one map, frame and set`);
    if (!Number.isFinite(value)) throw new ValueError(`drawPairs: ${pair} has the value ${value}; leave that row out`);
    seen.add(pair);
  }
}
