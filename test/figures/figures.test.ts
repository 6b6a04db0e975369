import { readFile, writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import {
  bundleFigure,
  describeFigure,
  drawCloud,
  drawCloud3d,
  drawCmc,
  drawDots,
  drawLines,
  drawDendrogram,
  drawDet,
  drawPairs,
  drawRoc,
  drawScatter,
  metricTitle,
  renderSvg,
  turnCloud,
  type Figure,
  type PlotlyFigure,
} from "../../lib/figures/index.js";
import { createRandom } from "../../lib/core/random.js";
import type { Dendrogram } from "../../lib/geometry/index.js";
import { referenceName } from "../../lib/figures/marks.js";
import { viewCloud } from "../../lib/figures/cloud-view.js";
import { pageStyle } from "../../lib/notebook/page-style.js";
import { algebra, expectClose } from "../close.js";

const ranks = [1, 2, 3, 4, 5];
const cmc = drawCmc(
  [
    { label: "ridge", ranks, rates: [0.8, 0.85, 0.9, 0.93, 0.95], low: [0.75, 0.8, 0.86, 0.9, 0.92], high: [0.84, 0.89, 0.93, 0.95, 0.97] },
    { label: "native", ranks, rates: [0.01, 0.02, 0.03, 0.05, 0.06] },
  ],
  { gallerySize: 100, title: "FaceNet → SFace" },
);
const fmr = [1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1];
const roc = drawRoc([{ label: "ridge", fmr, tmr: [0.1, 0.3, 0.6, 0.8, 0.95, 1] }]);
const det = drawDet([{ label: "ridge", fmr: [1e-5, 1e-4, 1e-3, 0.01, 0.1, 0.6, 1], fnmr: [0.5, 0.4, 0.2, 0.05, 0.01, 0.001, 0] }], { lowest: 1e-3 });
const networks = ["edgeface", "sface", "facenet"];
const rows = networks.flatMap((source, i) =>
  networks.map((target, j) => ({ source, target, metric: "rank1", value: i === j ? 0.98 : (i + 2 * j) / 10 })),
);
const pairs = drawPairs([...rows, { ...rows[0], metric: "auc" }], { metric: "rank1", names: { sface: "SFace" } });
const cloudPoints = (count: number) => {
  const random = createRandom(2);
  return Array.from({ length: count }, (_, i) => ({ x: random.normal(), y: random.normal(), label: i % 2 ? "mapped" : "target" }));
};
const cloud = drawCloud(cloudPoints(60), { title: "Rows of one pair" });
const quality = { trustworthiness: 0.9512, continuity: 0.94, neighbours: 10 };
const judged = drawCloud(cloudPoints(90), { title: "Rows of one pair", quality, limit: 50 });
const gain = drawPairs(
  rows.filter(({ source, target }) => source !== target).map((row) => ({ ...row, value: row.value - 0.3 })),
  {
    metric: "rank1",
    scale: "diverging",
    domain: [-1, 1],
    format: "+.2f",
    title: "Gain",
    outlined: { pairs: [["sface", "facenet"]], meaning: "networks of one source" },
  },
);
// {0, 2} at 1, with 1 at 2.5
const tree: Dendrogram = {
  order: [1, 0, 2],
  arms: [
    { left: { place: 1, height: 0 }, right: { place: 2, height: 0 }, height: 1 },
    { left: { place: 0, height: 0 }, right: { place: 1.5, height: 1 }, height: 2.5 },
  ],
};
const dendrogram = drawDendrogram(tree, networks, { stability: [0.8], axis: "1 − rank-1", title: "Average linkage" });

const lines = drawLines(
  [
    { label: "least squares", x: [0.2, 1, 5], y: [0.7, 0.15, 0.9], low: [0.6, 0.1, 0.85], high: [0.8, 0.2, 0.95] },
    { label: "ridge", x: [0.2, 1, 5], y: [0.72, 0.85, 0.92] },
  ],
  {
    x: { title: "Training pairs over dimension, n/d", scale: "log", format: "~r", marks: [{ at: 1, label: "n = d" }] },
    y: { title: "Rank-1", format: ".0%", domain: [0, 1], marks: [{ at: 0.01, label: "chance" }] },
    title: "FaceNet → SFace",
    intervals: "95 % intervals over people",
  },
);
const dots = drawDots(
  ["lfw", "cfp"].flatMap((label, i) =>
    ["ridge", "procrustes"].map((group, j) => ({ label, group, value: (8 - i) / 10 + j / 20, low: 0.6, high: i === 0 ? 0.95 : null })),
  ),
  { title: "Rank-1", domain: [0, 1], mark: { at: 0.01, label: "chance" } },
);
const scatterPoints = networks.map((label, i) => ({ x: 0.5 + 0.1 * i, y: 0.9 - 0.2 * i, label, group: i === 0 ? "face" : "vision" }));
const chance = { at: 0.01, label: "chance" };
const scatter = drawScatter(scatterPoints, {
  x: { title: "Native TMR", format: ".0%", domain: [0, 1.02], marks: [chance] },
  y: { title: "Rank-1 as target", format: ".0%", marks: [chance] },
  named: true,
});
const change = drawDots(
  [{ label: "sface", group: "Rank-1", value: -0.055, low: -0.08, high: 0.01 }, { label: "facenet", group: "AUC", value: 0.02 }],
  { title: "Change", intervals: "95 % intervals over people", format: "points", domain: [-0.1, 0.05], mark: { at: 0, label: "no change" } },
); // prettier-ignore

/** The values of each of a figure's data sets, by name. */
function valuesOf(figure: Figure): Readonly<Record<string, readonly unknown[]>> {
  const found: Record<string, readonly unknown[]> = {};
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    if ("name" in value && "values" in value) found[value.name as string] = value.values as readonly unknown[];
    Object.values(value).forEach(visit);
  };
  visit(figure);
  return found;
}

/** The channels of the first layer that has `channel`. */
function channelOf(figure: Figure, channel: string): unknown {
  const layers = (figure.layer ?? [figure]) as readonly { readonly encoding: Readonly<Record<string, unknown>> }[];
  return layers.map(({ encoding }) => encoding[channel]).find((found) => found !== undefined);
}

describe("figures hold the rows they were given", () => {
  test("a CMC, its intervals and chance", () => {
    const { curves, chance } = valuesOf(cmc);
    expect(curves).toHaveLength(10);
    expect(curves[1]).toEqual({ label: "ridge", x: 2, y: 0.85, low: 0.8, high: 0.89 });
    expect(curves[9]).toEqual({ label: "native", x: 5, y: 0.06 });
    expect(chance).toEqual([{ x: 1, y: 0.01 }, { x: 5, y: 0.05 }]); // prettier-ignore
    expect(channelOf(cmc, "x")).toMatchObject({ title: "Rank", scale: { domain: [1, 5] } });
    expect(channelOf(cmc, "y")).toMatchObject({ title: "Probes identified", axis: { format: ".0%" } });
  });

  test("a ROC on a logarithmic axis, without the points left of it", () => {
    const { curves, chance } = valuesOf(roc);
    expect(curves.map((point) => (point as { x: number }).x)).toEqual(fmr.slice(1));
    expect(chance.every((point) => (point as { x: number; y: number }).x === (point as { y: number }).y)).toBe(true);
    expect(channelOf(roc, "x")).toMatchObject({ title: "False match rate", scale: { type: "log", domain: [1e-4, 1] } });
  });

  test("a DET on axes of normal quantiles, with the next points outside of them, towards which it is cut", () => {
    const { curves, chance } = valuesOf(det);
    expect((curves as readonly { fmr: number }[]).map((point) => point.fmr)).toEqual([1e-4, 1e-3, 0.01, 0.1, 0.6]);
    expect((chance as readonly { x: number; y: number }[]).map((point) => point.x + point.y)).toEqual([0, 0]);
    const { x, y } = curves[2] as { readonly x: number; readonly y: number };
    expectClose([x, y], [-2.3263478740408408, -1.6448536269514729], algebra);
  });

  test("a matrix of pairs, the other metric left out and names replaced", () => {
    const { pairs: values } = valuesOf(pairs);
    expect(values).toHaveLength(9);
    expect(values[1]).toEqual({ source: "edgeface", target: "SFace", value: 0.2 });
    expect(pairs).toMatchObject({ encoding: { x: { title: "Target network" }, y: { sort: ["edgeface", "SFace", "facenet"] } } });
    // Shared by the cells and the numbers that lie over them.
    expect(pairs).toMatchObject({ encoding: { tooltip: [{ field: "source" }, { field: "target" }, { field: "value" }] } });
  });

  test("lines with a band where there is one, and named marks", () => {
    const found = valuesOf(lines);
    expect(found.curves).toHaveLength(6);
    expect(found.curves[0]).toEqual({ label: "least squares", x: 0.2, y: 0.7, low: 0.6, high: 0.8 });
    expect(lines.title).toEqual({ text: "FaceNet → SFace", subtitle: "Bands are 95 % intervals over people" });
    expect([found["marks-x"], found["marks-y"]]).toEqual([[{ at: 1, label: "n = d" }], [{ at: 0.01, label: "chance" }]]);
  });

  test("dots with their intervals, and points by two values", () => {
    expect(valuesOf(dots).dots).toHaveLength(4);
    expect(valuesOf(dots).dots[3]).toEqual({ label: "cfp", group: "procrustes", value: 0.75, low: 0.6, high: null, place: 0.5 });
    expect(valuesOf(scatter)).toMatchObject({ points: scatterPoints, "marks-x": [chance], "marks-y": [chance] });
  });

  test("differences between rates in percentage points, each row's dots about its middle", () => {
    expect(valuesOf(change).dots).toEqual([
      { label: "sface", group: "Rank-1", value: -5.5, low: -8, high: 1, place: 0 },
      { label: "facenet", group: "AUC", value: 2, place: 0 },
    ]);
    expect(valuesOf(change)["marks-x"]).toEqual([{ at: 0, label: "no change" }]);
    expect(change).toMatchObject({ layer: [{}, {}, {}, { encoding: { x: { title: ["Change, in percentage points", "bars are 95 % intervals over people"], scale: { domain: [-10, 5] } } } }] });
  });

  test("groups by their shapes too, where they are few", () => {
    const shapesOf = (count: number) => {
      const points = Array.from({ length: count }, (_, x) => ({ x, y: x, label: `${x}`, group: `${x}` }));
      return [drawCloud(points), drawScatter(points, { x: { title: "x" }, y: { title: "y" } }), drawDots(points.map(({ label, group, x }) => ({ label, group, value: x })), { title: "x" })].map((figure) => {
        return new Set((channelOf(figure, "shape") as { readonly scale: { readonly range: readonly string[] } }).scale.range).size;
      });
    };
    expect(shapesOf(6)).toEqual([6, 6, 6]);
    expect(shapesOf(7)).toEqual([1, 1, 1]);
  });

  test("curves uncut where the axes hold them, so that a line at 100 % is whole", () => {
    const axes = (domain: readonly [number, number]) => ({ x: { title: "x" }, y: { title: "y", domain } });
    const isCut = (figure: Figure) => (figure.layer as readonly { readonly mark: { readonly clip?: boolean } }[]).at(-1)!.mark.clip ?? false;
    const curve = { label: "a", x: [1, 2], y: [0.5, 1] };
    expect([drawLines([curve], axes([0, 1])), drawLines([curve], axes([0, 0.9])), cmc, roc, det].map(isCut)).toEqual([false, true, false, false, true]);
  });

  test("a cloud, of many points a sample that the title states (seed 0)", () => {
    expect(valuesOf(cloud).points).toEqual(cloudPoints(60));
    const sampled = drawCloud(cloudPoints(90), { limit: 50 });
    expect(valuesOf(sampled).points).toHaveLength(50);
    expect(sampled.title).toEqual({ text: "50 of 90 points, drawn at random (seed 0)" });
    expect(valuesOf(drawCloud(cloudPoints(90), { limit: 50 }))).toEqual(valuesOf(sampled));
    expect(valuesOf(drawCloud(cloudPoints(90), { limit: 50, seed: 1 }))).not.toEqual(valuesOf(sampled));
  });

  test("a cloud's subtitle says how far it can be believed, before the size of the sample", () => {
    const believed = "Trustworthiness 0.951, continuity 0.940 of 10 neighbours";
    expect(judged.title).toEqual({ text: "Rows of one pair", subtitle: [believed, "50 of 90 points, drawn at random (seed 0)"] });
    expect(drawCloud(cloudPoints(9), { quality }).title).toEqual({ text: believed });
    const { layout } = drawCloud3d([{ x: 1, y: 2, z: 3, label: "target" }], { title: "Clouds", quality });
    expect(layout).toMatchObject({ title: { text: `Clouds<br><sup>${believed}</sup>` } });
  });

  test("outlined pairs, both ways, and what they are", () => {
    expect(valuesOf(gain).outlined).toEqual([
      { source: "sface", target: "facenet" },
      { source: "facenet", target: "sface" },
    ]);
    expect(gain.title).toEqual({ text: "Gain", subtitle: "Outlined: networks of one source" });
    const untitled = drawPairs(rows, { metric: "rank1", outlined: { pairs: [], meaning: "none" } });
    expect(untitled.title).toBe("Outlined: none");
  });

  test("which ends of the colour scale values lie beyond", async () => {
    const draw = (values: readonly number[]) =>
      drawPairs(values.map((value, i) => ({ source: "sface", target: networks[i], metric: "rank1", value })), { metric: "rank1", format: ".0%" }); // prettier-ignore
    expect(await renderSvg(draw([0, 0.5, 1]))).not.toMatch(/[≤≥]/);
    expect(await renderSvg(draw([0, 0.5, 1.84]))).toContain("≥ 100%");
    const both = await renderSvg(draw([-0.1, 0.5, 1.1]));
    for (const label of ["≤ 0%", "25%", "50%", "75%", "≥ 100%"]) expect(both).toContain(`>${label}<`);
  });

  test("a dendrogram, its lines, names and the shares of its clusters", () => {
    const { merges, stability } = valuesOf(dendrogram);
    expect(merges).toHaveLength(8);
    expect(merges.slice(4)).toEqual([
      { merge: 1, step: 0, x: 0, y: 0 },
      { merge: 1, step: 1, x: 2.5, y: 0 },
      { merge: 1, step: 2, x: 2.5, y: 1.5 },
      { merge: 1, step: 3, x: 1, y: 1.5 },
    ]);
    expect(stability).toEqual([{ x: 1, y: 1.5, share: 0.8 }]);
    expect(channelOf(dendrogram, "y")).toMatchObject({ axis: { labelExpr: '["sface","edgeface","facenet"][datum.value]' } });
    expect(channelOf(dendrogram, "x")).toMatchObject({ title: "1 − rank-1" });
    expect(valuesOf(drawDendrogram(tree, networks)).stability).toBeUndefined();
  });

  test("a cloud in space, in Plotly's form", () => {
    const { data, layout } = drawCloud3d(
      [
        { x: 1, y: 2, z: 3, label: "target", note: "a.jpg" },
        { x: 4, y: 5, z: 6, label: "mapped" },
      ],
      { title: "Clouds", axes: ["First", "Second", "Third"] },
    );
    expect(data).toMatchObject([
      { type: "scatter3d", name: "target", x: [1], y: [2], z: [3], text: ["a.jpg"] },
      { name: "mapped", z: [6] },
    ]);
    const scene = { aspectmode: "data", xaxis: { title: { text: "First" } }, zaxis: { title: { text: "Third" } } };
    // Plotly's own ink, #444, cannot be read on a dark ground.
    expect(layout).toMatchObject({ title: { text: "Clouds" }, font: { color: "#737373" }, scene });
  });
});

test("metrics are called by their names in the field, and others by their own", () => {
  const called = {
    rank1: "Rank-1",
    "tmr@fmr=1e-2": "TMR at FMR 1 %",
    "sar@fmr=1e-4": "Success at FMR 0.01 %",
    "rank1 retention": "Rank-1 kept",
    "rank5 gain": "Gain in Rank-5",
    auc: "AUC",
    "d-prime": "d′",
    constructor: "constructor",
  };
  expect(Object.keys(called).map(metricTitle)).toEqual(Object.values(called));
});

test("a cloud's groups keep their colours in whatever order its points come", () => {
  const points = cloudPoints(20);
  const order = ["target", "mapped"];
  const first = drawCloud(points, { order });
  expect(channelOf(first, "color")).toMatchObject({ scale: { domain: order } });
  expect(channelOf(drawCloud(points.toReversed(), { order }), "color")).toEqual(channelOf(first, "color"));
});

test("what names reference lines has a contrast of at least 4.5 : 1 on white, and on pages, whose ink it takes, light and dark", () => {
  const luminance = (colour: string) => {
    const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one: string, other: string) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((less, more) => less - more);
    return (light + 0.05) / (dark + 0.05);
  };
  const inks = [cmc, roc, det, lines, scatter, dots].flatMap((figure) => (figure.layer as { name?: string; mark: { color?: string } }[]).filter(({ name }) => name?.startsWith(referenceName)).map(({ mark }) => mark.color!));
  const grounds = [...pageStyle.matchAll(/--ground: (#\w{6});.*?--soft: (#\w{6});/g)].map(([, ground, soft]) => [ground, soft] as const);
  expect([inks.length, grounds.length]).toEqual([8, 2]);
  expect(Math.min(...inks.map((ink) => contrast(ink, "#ffffff")), ...grounds.map(([ground, soft]) => contrast(ground, soft)))).toBeGreaterThanOrEqual(4.5);
  expect(pageStyle).toMatch(new RegExp(`^\\.drawn .*\\[class\\*="${referenceName}"\\].* text { fill: var\\(--soft\\); }`, "m"));
});

describe("figures refuse", () => {
  const curve = { label: "a", ranks: [1, 2], rates: [0.1, 0.2] };
  test.each<[string, () => unknown, string]>([
    ["lists of different lengths", () => drawCmc([{ ...curve, rates: [0.1] }]), 'curve "a": got 2, 1, 2, 2 values of x, y, low and high; they must be as many as each other and at least one'],
    ["NaN", () => drawCmc([{ ...curve, rates: [0.1, NaN] }]), 'curve "a": point 1 holds NaN; every value must be finite, so leave that point out'],
    ["no curves", () => drawCmc([]), "drawing curves: got none; give at least one curve"],
    ["a label that is there twice", () => drawCmc([curve, curve]), 'drawing curves: the label "a" is there twice; a legend needs different ones'],
    ["percents", () => drawCmc([{ ...curve, rates: [10, 20] }]), 'drawCmc: "a" has the rate 10 at rank 1; rates are fractions from 0 to 1'],
    ["an empty gallery", () => drawCmc([curve], { gallerySize: 0 }), "chanceOf: gallerySize is 0; chance needs a gallery of at least 1"],
    ["an axis that starts at 0", () => drawRoc([{ label: "a", fmr, tmr: fmr }], { lowestFmr: 0 }), "drawRoc: got lowestFmr 0; a logarithmic axis needs an end above 0 and below 1"],
    ["rates above 1", () => drawRoc([{ label: "a", fmr: [0.1], tmr: [1.2] }]), 'drawRoc: "a" has the point (0.1, 1.2); rates are fractions from 0 to 1'],
    ["a curve left of the axis", () => drawRoc([{ label: "a", fmr: [1e-6], tmr: [0.2] }]), 'drawRoc: "a" has no false match rate of 0.0001 or more; lower lowestFmr'],
    ["axes of the DET that start at 0", () => drawDet([{ label: "a", fmr: [0.1], fnmr: [0.1] }], { lowest: 0 }), "drawDet: got lowest 0; the axes start above 0 and below 0.7"],
    ["error rates above 1", () => drawDet([{ label: "a", fmr: [0.1], fnmr: [1.1] }]), 'drawDet: "a" has the point (0.1, 1.1); rates are fractions from 0 to 1'],
    ["a DET without a point", () => drawDet([{ label: "a", fmr: [0.1], fnmr: [0] }]), 'drawDet: "a" has no point with both rates from 0.001 to 0.7; lower lowest'],
    ["a metric without rows", () => drawPairs(rows, { metric: "eer" }), "drawPairs: no row has the metric eer; the rows hold rank1"],
    ["a pair that is there twice", () => drawPairs([...rows, rows[1]], { metric: "rank1" }), "drawPairs: edgeface → sface has two values of rank1; filter the rows to one map, frame and set"],
    ["an infinite value", () => drawPairs([{ ...rows[0], value: Infinity }], { metric: "rank1" }), "drawPairs: edgeface → edgeface has the value Infinity; leave that row out"],
    ["0 on a logarithmic axis", () => drawLines([{ label: "a", x: [0], y: [1] }], { x: { title: "n/d", scale: "log" }, y: { title: "y" } }), "drawLines: n/d has a value of 0 or below; a logarithmic axis shows what is above it, so leave the point out"],
    ["no dots", () => drawDots([], { title: "Rank-1" }), "drawDots: got no values; give at least one"],
    ["a dot that is there twice", () => drawDots([{ label: "a", group: "b", value: 1 }, { label: "a", group: "b", value: 2 }], { title: "Rank-1" }), "drawDots: a, b is there twice; give each once"],
    ["a bound that is no number", () => drawDots([{ label: "a", group: "b", value: 1, high: NaN }], { title: "Rank-1" }), "drawDots: a, b holds NaN; every number must be finite, so leave it out"],
    ["points of nothing", () => drawScatter([], { x: { title: "x" }, y: { title: "y" } }), "drawScatter: got no points; give at least one"],
    ["a point without a value", () => drawScatter([{ x: 1, y: NaN, label: "a", group: "b" }], { x: { title: "x" }, y: { title: "y" } }), "drawScatter: y of a is NaN; it must be finite, and above 0 on a logarithmic axis"],
    ["a dendrogram without all names", () => drawDendrogram(tree, ["a"]), "drawDendrogram: got 1 names of 3 items; give one for each"],
    ["a dendrogram with other clusters' shares", () => drawDendrogram(tree, networks, { stability: [1, 1] }), "drawDendrogram: got 2 shares of 1 clusters; give one for each but the last"],
    ["a share above 1", () => drawDendrogram(tree, networks, { stability: [80] }), "drawDendrogram: got the share 80; shares are fractions from 0 to 1"],
    ["a merge at no height", () => drawDendrogram({ ...tree, arms: [{ ...tree.arms[0], height: NaN }, tree.arms[1]] }, networks), "drawDendrogram: got the height NaN; heights are distances, finite and not negative"],
    ["a cloud of nothing", () => drawCloud([]), "drawCloud: got no points; give at least one"],
    ["a point nowhere", () => drawCloud3d([{ x: 0, y: NaN, z: 0, label: "a" }]), "drawCloud3d: point 0 has a coordinate that is not finite; leave it out"],
  ])("%s", (_, draw, message) => {
    expect(draw).toThrow(message);
  }); // prettier-ignore
});

test("keeps the axis of dots to its ends where there is a mark", async () => {
  const near = drawDots([{ label: "a", group: "b", value: 0.6 }], { title: "AUC", format: ".2f", domain: [0.4, 1], mark: { at: 0.5, label: "chance" } });
  expect(await renderSvg(near)).toContain("values from 0.40 to 1.00");
});

describe("SVG files", () => {
  test.each([
    ["cmc", cmc],
    ["roc", roc],
    ["det", det],
    ["pairs", pairs],
    ["cloud", cloud],
    ["lines", lines],
    ["dots", dots],
    ["scatter", scatter],
    ["cloud-judged", judged],
    ["dendrogram", dendrogram],
    ["gain", gain],
    ["change", change],
  ])("%s is drawn as before, on a transparent ground", async (name, figure) => {
    const svg = await renderSvg(figure);
    expect(svg).toMatch(/^<svg [^>]*viewBox/);
    const file = new URL(`./${name}.svg`, import.meta.url);
    const before = await readFile(file, "utf8").catch(() => null);
    if (before !== svg) await writeFile(before === null ? file : new URL(`./${name}-changed.svg`, import.meta.url), svg);
    const advice = before === null ? `${name}.svg was not there; look at what is now` : `compare ${name}.svg with ${name}-changed.svg`;
    expect(before === svg, advice).toBe(true);
  });

  test("are the same bytes when drawn again, side by side with others", async () => {
    const [first, , second] = await Promise.all([renderSvg(cmc), renderSvg(pairs), renderSvg(cmc)]);
    expect(second).toBe(first);
  });
});

test("a bundle holds the live form as an object, an SVG and text, and no HTML", async () => {
  const bundle = await bundleFigure(roc);
  expect(Object.keys(bundle)).toEqual(["application/vnd.vegalite.v5+json", "image/svg+xml", "text/plain"]);
  expect(bundle["application/vnd.vegalite.v5+json"]).toBe(roc);
  expect(describeFigure(roc)).toBe("[figure: False match rate × True match rate]");
  expect(describeFigure(change)).toBe("[figure: Change, in percentage points; bars are 95 % intervals over people]");
});

test("a figure without axes is named by its heading, its points and their groups", () => {
  const points = ["a", "b"].map((label, x) => ({ x, y: x, label }));
  expect(describeFigure(drawCloud(points, { title: "UMAP" }))).toBe("[figure: UMAP: 2 points, a, b]");
  const many = Array.from({ length: 9 }, (_, x) => ({ x, y: x, label: `person ${x}` }));
  expect(describeFigure(drawCloud(many))).toBe("[figure: 9 points, 9 groups]");
});

test("a figure of more marks than an SVG should hold has a small PNG instead", async () => {
  const many = drawCloud(cloudPoints(2500), { limit: 2500 });
  const bundle = await bundleFigure(many);
  expect(Object.keys(bundle)).toEqual(["application/vnd.vegalite.v5+json", "image/png", "text/plain"]);
  expect(bundle["image/png"]!.length).toBeLessThanOrEqual(200_000);
});

test("a cloud in space is seen as Plotly first shows it: z up, x to the left, y to the right, the nearer last", () => {
  const points = [
    { x: 1, y: 0, z: 0, label: "x" },
    { x: 0, y: 1, z: 0, label: "y" },
    { x: 0, y: 0, z: 1, label: "z", note: "top" },
    { x: -1, y: -1, z: -1, label: "far" },
  ];
  const seen = Object.fromEntries(viewCloud(points).map((point) => [point.label, point]));
  expect(viewCloud(points)[0].label).toBe("far");
  expectClose([seen.x.x, seen.y.x, seen.z.x], [-Math.SQRT1_2, Math.SQRT1_2, 0], algebra);
  expectClose([seen.x.y, seen.y.y, seen.z.y], [-1 / Math.sqrt(6), -1 / Math.sqrt(6), 2 / Math.sqrt(6)], algebra);
  expect(seen.z.note).toBe("top");

  const cameraOf = ({ layout }: PlotlyFigure) => Object.values(layout.scene!.camera!.eye!);
  const [x, y, z] = cameraOf(drawCloud3d(points));
  const turning = turnCloud(drawCloud3d(points)) as unknown as { readonly signals: readonly { readonly name: string; readonly value: number }[] };
  const [turn, tilt] = ["turn", "tilt"].map((angle) => turning.signals.find(({ name }) => name === angle)!.value);
  expect([turn + 180, tilt]).toEqual([Math.atan2(y, x), Math.atan2(z, Math.hypot(x, y))].map((angle) => Math.round((180 * angle) / Math.PI)));
  expect([x, y, z]).toEqual([x, x, x]);
});
