import { describe, expect, it } from "vitest";
import { matrix32 } from "../../lib/core/matrix.js";
import { ShapeError, ValueError } from "../../lib/core/errors.js";
import { createRandom } from "../../lib/core/random.js";
import { createRepulsion } from "../../lib/geometry/barnes-hut.js";
import { findNeighbours, mapCloudTsne, measurePicture } from "../../lib/geometry/index.js";
import { jointAffinities, type Affinities } from "../../lib/geometry/tsne-affinities.js";
import { gradientInto } from "../../lib/geometry/tsne.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { algebra, expectClose, expectCloseTo } from "../close.js";
import { golden, groups } from "./pictures.js";

const engine = await chooseEngine();
const nearby = { engine, nearness: "euclidean" } as const;
const points = matrix32(60, 8, Float32Array.from(golden.points));
const affinities = jointAffinities(await findNeighbours(points, golden.neighbours, nearby), golden.perplexity);

function dense({ starts, columns, values }: Affinities): Float64Array {
  const rows = starts.length - 1;
  const matrix = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) for (let k = starts[i]; k < starts[i + 1]; k++) matrix[i * rows + columns[k]] += values[k];
  return matrix;
}

/** Forces and Σ q over all pairs, by the definition. */
function repelByPairs(places: Float64Array, dimensions: number): { forces: Float64Array; total: number } {
  const forces = new Float64Array(places.length);
  let total = 0;
  const count = places.length / dimensions;
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) {
      if (i === j) continue;
      const differences = Array.from({ length: dimensions }, (_, a) => places[i * dimensions + a] - places[j * dimensions + a]);
      const q = 1 / (1 + differences.reduce((sum, value) => sum + value * value, 0));
      total += q;
      differences.forEach((value, a) => (forces[i * dimensions + a] += q * q * value));
    }
  }
  return { forces, total };
}

const scattered = (count: number, dimensions: number, seed: number): Float64Array => {
  const random = createRandom(seed);
  return Float64Array.from({ length: count * dimensions }, () => 8 * random.normal());
};

describe("the affinities of t-SNE", () => {
  it("are those whose row entropies a root finder gives", () => {
    const matrix = dense(affinities);
    const upper = Array.from({ length: 60 }, (_, i) => Array.from(matrix.subarray(i * 60 + i + 1, (i + 1) * 60))).flat();
    expectClose(upper, golden.affinities, { ...algebra, relative: 1e-9 }); // the root is where the entropy is right to 1e-12
  });

  it("are symmetric and sum to 1", () => {
    const matrix = dense(affinities);
    const turned = matrix.map((_, k) => matrix[(k % 60) * 60 + Math.floor(k / 60)]);
    expectClose(matrix, turned, algebra);
    expectCloseTo(
      matrix.reduce((sum, value) => sum + value, 0),
      1,
      algebra,
    );
  });

  it("are even where more rows are equal than the perplexity asks for", async () => {
    const equal = await findNeighbours(matrix32(8, 2), 7, nearby);
    expectClose(jointAffinities(equal, 3).values, new Float64Array(56).fill(1 / 56), algebra);
  });

  it("refuse a perplexity that the neighbours cannot reach", async () => {
    const nearest = await findNeighbours(points, 4, nearby);
    expect(() => jointAffinities(nearest, 4)).toThrow(
      new ValueError("jointAffinities: got a perplexity of 4 with 4 neighbours; it must be at least 1 and below their number"),
    );
  });
});

describe.each([2, 3] as const)("repulsion in %i dimensions", (dimensions) => {
  it.each([1, 2, 3])("is that of all pairs when every cell is opened (seed %i)", (seed) => {
    const places = scattered(150, dimensions, seed);
    const forces = new Float64Array(places.length);
    const total = createRepulsion(150, dimensions).computeInto(forces, places, 0);
    const expected = repelByPairs(places, dimensions);
    expectClose(forces, expected.forces, algebra);
    expectCloseTo(total, expected.total, algebra);
  });

  it("is within two percent of that with an angle of 0.5", () => {
    const places = scattered(800, dimensions, 4);
    const forces = new Float64Array(places.length);
    const total = createRepulsion(800, dimensions).computeInto(forces, places, 0.5);
    const expected = repelByPairs(places, dimensions);
    expect(Math.abs(total / expected.total - 1)).toBeLessThan(0.02);
    const error = Math.hypot(...forces.map((value, k) => value - expected.forces[k])) / Math.hypot(...expected.forces);
    expect(error).toBeLessThan(0.02);
    expect(error).toBeGreaterThan(0); // cells were taken as points
  });

  it("takes points that lie on one another, and all of them in one place", () => {
    const places = scattered(40, dimensions, 5);
    places.copyWithin(dimensions * 20, 0, dimensions * 20);
    places.fill(places[0], 0, dimensions * 12);
    const forces = new Float64Array(places.length);
    const repulsion = createRepulsion(40, dimensions);
    expectCloseTo(repulsion.computeInto(forces, places, 0), repelByPairs(places, dimensions).total, algebra);
    expect(repulsion.computeInto(forces, new Float64Array(places.length), 0.5)).toBe(40 * 39);
    expect(forces.every((value) => value === 0)).toBe(true);
  });
});

it.each(["plane", "space"] as const)("the gradient of a picture in the %s is that over all pairs", (name) => {
  const { dimensions, places, gradient } = golden.pictures[name];
  const found = new Float64Array(places.length);
  gradientInto(found, Float64Array.from(places), affinities, {
    dimensions,
    repulsion: createRepulsion(60, dimensions),
    exaggeration: 12,
    cellAngle: 0,
  });
  expectClose(found, gradient, { ...algebra, relative: 1e-8 });
});

describe("mapCloudTsne", () => {
  const cloud = groups(4, 40, 12, 1);
  const options = { dimensions: 2, perplexity: 12, steps: 300, engine } as const;

  it.each([2, 3] as const)("keeps neighbours and groups together in %i dimensions", async (dimensions) => {
    const picture = await mapCloudTsne(cloud, { ...options, dimensions, random: createRandom(1) });
    const { indices } = await findNeighbours(picture, 5, nearby);
    const strays = indices.filter((other, k) => Math.floor(other / 40) !== Math.floor(k / 5 / 40));
    expect(strays.length).toBe(0);
    const { trustworthiness } = await measurePicture(cloud, picture, { engine });
    expect(trustworthiness).toBeGreaterThan(0.9);
  });

  it("gives the same bytes for the same seed, and others for another", async () => {
    const draw = async (seed: number) => (await mapCloudTsne(cloud, { ...options, steps: 40, random: createRandom(seed) })).data;
    expect(await draw(3)).toEqual(await draw(3));
    expect(await draw(3)).not.toEqual(await draw(4));
  });

  it("counts steps, and stops when it is told to", async () => {
    const seen: number[] = [];
    let ends = 0;
    const progress = { update: (done: number) => { seen.push(done); }, end: () => { ends++; } }; // prettier-ignore
    await mapCloudTsne(cloud, { ...options, steps: 5, random: createRandom(0), progress });
    expect([seen, ends]).toEqual([[1, 2, 3, 4, 5], 1]);

    const stopped = new AbortController();
    const stop = { update: (done: number) => { if (done === 3) stopped.abort(); }, end: () => undefined }; // prettier-ignore
    const running = mapCloudTsne(cloud, { ...options, steps: 100_000, random: createRandom(0), progress: stop, signal: stopped.signal });
    await expect(running).rejects.toMatchObject({ name: "AbortError" });
  });

  it("refuses what it cannot draw", async () => {
    const random = createRandom(0);
    await expect(mapCloudTsne(groups(1, 30, 4, 0), { ...options, perplexity: 10, random })).rejects.toThrow(
      new ShapeError("mapCloudTsne: got 30 × 4 points for a perplexity of 10 in 2 dimensions; it needs more than 31 points and 2 columns"),
    );
    await expect(mapCloudTsne(cloud, { ...options, perplexity: 0.5, random })).rejects.toThrow(
      new ValueError("mapCloudTsne: got a perplexity of 0.5; it must be at least 1"),
    );
    await expect(mapCloudTsne(cloud, { ...options, steps: 0, random })).rejects.toThrow(
      new ValueError("mapCloudTsne: got 0 steps; give a whole number from 1 on"),
    );
    await expect(mapCloudTsne(matrix32(50, 3), { ...options, random })).rejects.toThrow(
      new ValueError("mapCloudTsne: all 50 points are equal; a picture needs points that differ"),
    );
    const broken = groups(4, 40, 12, 1);
    broken.data[17] = NaN;
    await expect(mapCloudTsne(broken, { ...options, random })).rejects.toThrow("principalComponents: row 1, column 5 is NaN");
  });
});
