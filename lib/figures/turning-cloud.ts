import type { VegaProgram } from "./bundle.js";
import { inkColour, referenceColour, shapesOf } from "./theme.js";

interface Trace {
  readonly type: "scatter3d";
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly z: readonly number[];
  readonly text?: readonly string[];
  readonly marker: { readonly color: string };
}

const axes = ["x", "y", "z"] as const;
/** Width and height of the plot, in pixels. */
const side = 420;

/**
 * A figure of Plotly's with points in space as a program of Vega that turns: by dragging, or by two sliders, which keys move too.
 *
 * Points are seen without perspective, the nearer over those behind, in a box of their extent; all axes have one scale.
 *
 * @returns null for anything but what `drawCloud3d` gives.
 */
export function turnCloud(figure: unknown): VegaProgram | null {
  const { data, layout } = (figure ?? {}) as { data?: unknown; layout?: { title?: { text?: unknown } } };
  if (!Array.isArray(data) || data.length === 0 || !data.every(isTrace)) return null;
  const extents = axes.map((axis) => {
    const values = data.flatMap((trace) => trace[axis]);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return { middle: (low + high) / 2, half: (high - low) / 2 };
  });
  const radius = Math.hypot(...extents.map(({ half }) => half)) || 1;
  const points = data.flatMap((trace) =>
    trace.x.map((_, i) => {
      const [x, y, z] = axes.map((axis, k) => Number(((trace[axis][i] - extents[k].middle) / radius).toFixed(4)));
      return { x, y, z, label: trace.name, note: trace.text?.[i] ?? trace.name };
    }),
  );
  const box = extents.map(({ half }) => half / radius);
  return {
    $schema: "https://vega.github.io/schema/vega/v5.json",
    width: side,
    height: side,
    padding: 5,
    title: { text: linesOf(layout?.title?.text), anchor: "start", color: inkColour, fontSize: 13, fontWeight: "normal" },
    signals,
    data: [
      { name: "points", values: points, transform: seen("x", "y", "z", "") },
      { name: "box", values: edgesOf(box), transform: [...seen("x1", "y1", "z1", "1"), ...seen("x2", "y2", "z2", "2")] },
    ],
    scales: [
      { name: "across", type: "linear", domain: [-1, 1], range: "width" },
      { name: "up", type: "linear", domain: [-1, 1], range: "height" },
      { name: "group", type: "ordinal", domain: data.map(({ name }) => name), range: data.map(({ marker }) => marker.color) },
      { name: "shape", type: "ordinal", domain: data.map(({ name }) => name), range: shapesOf(data) },
    ],
    legends: [{ fill: "group", shape: "shape", orient: "bottom", columns: 3, labelColor: inkColour, labelFontSize: 11 }],
    marks: [
      {
        type: "rule",
        from: { data: "box" },
        encode: {
          enter: { stroke: { value: referenceColour }, strokeOpacity: { value: 0.4 } },
          update: { ...placed("x", "y", "1"), ...placed("x2", "y2", "2") },
        },
      },
      {
        type: "symbol",
        from: { data: "points" },
        sort: { field: "datum.depth" },
        encode: {
          enter: {
            size: { value: 26 },
            fill: { scale: "group", field: "label" },
            shape: { scale: "shape", field: "label" },
            fillOpacity: { value: 0.9 },
            tooltip: { signal: "{Group: datum.label, Point: datum.note}" },
          },
          update: placed("x", "y", ""),
        },
      },
    ],
  };
}

/** Degrees about the upright axis and from above, at first as in the still picture; `grip` is where a drag began. */
const signals: readonly object[] = [
  {
    name: "grip",
    value: null,
    on: [
      { events: "pointerdown", update: "{x: x(), y: y(), turn: turn, tilt: tilt}" },
      { events: "window:pointerup, window:pointercancel", update: "null" },
    ],
  },
  {
    name: "turn",
    value: -135,
    bind: { input: "range", min: -180, max: 180, step: 1, name: "Turn" },
    on: [{ events: "window:pointermove", update: "grip ? round((grip.turn + (x() - grip.x) / 2 + 900) % 360 - 180) : turn" }],
  },
  {
    name: "tilt",
    value: 35,
    bind: { input: "range", min: -90, max: 90, step: 1, name: "Tilt" },
    on: [{ events: "window:pointermove", update: "grip ? round(clamp(grip.tilt + (y() - grip.y) / 2, -90, 90)) : tilt" }],
  },
  ...["turn", "tilt"].flatMap((angle) =>
    ["cos", "sin"].map((rule) => ({ name: `${rule}_${angle}`, update: `${rule}(${angle} * PI / 180)` })),
  ),
];

/** Where a point is seen: across and up the picture, and how near. */
function seen(x: string, y: string, z: string, suffix: string): object[] {
  const [px, py, pz] = [x, y, z].map((field) => `datum.${field}`);
  const behind = `(${px} * sin_turn + ${py} * cos_turn)`;
  return [
    { type: "formula", as: `across${suffix}`, expr: `${px} * cos_turn - ${py} * sin_turn` },
    { type: "formula", as: `up${suffix}`, expr: `${pz} * cos_tilt + ${behind} * sin_tilt` },
    { type: "formula", as: `depth${suffix}`, expr: `${pz} * sin_tilt - ${behind} * cos_tilt` },
  ];
}

const placed = (x: string, y: string, suffix: string): object => ({
  [x]: { scale: "across", field: `across${suffix}` },
  [y]: { scale: "up", field: `up${suffix}` },
});

/** The twelve edges of a box about the origin, with these halves of its sides. */
function edgesOf(halves: readonly number[]): object[] {
  const corners = [-1, 1].flatMap((i) => [-1, 1].flatMap((j) => [-1, 1].map((k) => [i, j, k])));
  return corners.flatMap((corner) =>
    axes.flatMap((_, along) => {
      if (corner[along] > 0) return [];
      const [x1, y1, z1] = corner.map((sign, axis) => sign * halves[axis]);
      const [x2, y2, z2] = corner.map((sign, axis) => (axis === along ? -sign : sign) * halves[axis]);
      return [{ x1, y1, z1, x2, y2, z2 }];
    }),
  );
}

/** A title of Plotly's, its line breaks kept and other tags left out. */
function linesOf(title: unknown): readonly string[] {
  if (typeof title !== "string") return [];
  return title
    .split(/<br\s*\/?>/)
    .map((line) => line.replace(/<[^>]*>/g, ""))
    .filter((line) => line !== "");
}

function isTrace(value: unknown): value is Trace {
  const { type, name, x, y, z, marker } = (value ?? {}) as Record<string, unknown>;
  const isNumbers = (list: unknown): list is readonly number[] => Array.isArray(list) && list.every(Number.isFinite);
  if (type !== "scatter3d" || typeof name !== "string" || !isNumbers(x) || !isNumbers(y) || !isNumbers(z)) return false;
  const { color } = (marker ?? {}) as { color?: unknown };
  return x.length > 0 && x.length === y.length && x.length === z.length && typeof color === "string";
}
