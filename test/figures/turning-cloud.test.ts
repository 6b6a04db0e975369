import { expect, test } from "vitest";
import { drawCloud3d, turnCloud } from "../../lib/figures/index.js";

const corners = [
  { x: 0, y: 0, z: 0, label: "source", note: "Ann" },
  { x: 4, y: 2, z: 4, label: "target" },
];

interface Program {
  readonly title: { readonly text: readonly string[] };
  readonly data: readonly { readonly values: readonly Record<string, unknown>[] }[];
  readonly signals: readonly { readonly name: string; readonly bind?: object }[];
  readonly scales: readonly { readonly domain: readonly unknown[] }[];
}

test("a cloud becomes a program that holds its points at one scale about their middle, in a box, with two sliders", () => {
  const quality = { trustworthiness: 0.9, continuity: 0.8, neighbours: 10 };
  const program = turnCloud(drawCloud3d(corners, { title: "UMAP", quality })) as unknown as Program;
  expect(program.title.text).toEqual(["UMAP", "Trustworthiness 0.900, continuity 0.800 of 10 neighbours"]);
  expect(program.data[0].values).toEqual([
    { x: -0.6667, y: -0.3333, z: -0.6667, label: "source", note: "Ann" },
    { x: 0.6667, y: 0.3333, z: 0.6667, label: "target", note: "target" },
  ]);
  expect(program.data[1].values).toHaveLength(12);
  expect(program.signals.filter(({ bind }) => bind !== undefined).map(({ name }) => name)).toEqual(["turn", "tilt"]);
  expect(program.scales[2].domain).toEqual(["source", "target"]);
});

test("a single point has a program too, and the same cloud the same program", () => {
  const program = turnCloud(drawCloud3d(corners.slice(0, 1)));
  expect((program as unknown as Program).data[0].values).toEqual([{ x: 0, y: 0, z: 0, label: "source", note: "Ann" }]);
  expect(turnCloud(drawCloud3d(corners.slice(0, 1)))).toEqual(program);
});

test.each<[string, unknown]>([
  ["nothing", undefined],
  ["no trace", { data: [] }],
  ["a surface", { data: [{ type: "surface", z: [[1]] }] }],
  ["a trace without its z", { data: [{ type: "scatter3d", name: "a", x: [1], y: [1], marker: { color: "red" } }] }],
  ["a coordinate that is none", { data: [{ type: "scatter3d", name: "a", x: [1], y: [1], z: [null], marker: { color: "red" } }] }],
])("what is no cloud has no such program: %s", (_, figure) => {
  expect(turnCloud(figure)).toBeNull();
});
