import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { computeMoments, type Moments, type PairedRows } from "../../lib/align/index.js";
import { ShapeError, ValueError } from "../../lib/core/errors.js";
import { matrix32, matrix64, takeRows, toFloat64, type Matrix32, type Matrix64 } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";
import {
  canonicalSimilarity,
  heldOutPredictivity,
  linearCka,
  linearPredictivity,
  mutualNeighbours,
  shapeDistance,
  streamCka,
  type LinearCka,
} from "../../lib/geometry/index.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { conditioned, exact, expectClose, expectCloseTo, isClose } from "../close.js";
import { cloudPair, gaussian, multiply, orthonormal } from "../synthetic.js";

const engine = await chooseEngine();
const options = { engine };
const runs = { numRuns: 8, seed: 0 };
const [count, p, q] = [60, 6, 5];
const identities = Array.from({ length: count }, (_, i) => `made/${Math.floor(i / 4)}`);
/** Rows changed by a map are rounded to float32 again. */
const rounded = { ...conditioned(1), absolute: 1e-5 };

/** Every similarity of a pair of clouds, source first where it matters. */
async function similarities(rows: PairedRows): Promise<Record<string, number>> {
  const moments = await computeMoments(rows.source, rows.target, identities, options);
  const { biased, debiased } = await linearCka(moments, rows);
  const { mean, svcca, pwcca } = await canonicalSimilarity(moments, options);
  const { similarity, unitProcrustes, procrustes } = await shapeDistance(moments, options);
  return { biased, debiased, similarity, unitProcrustes, procrustes, mean, svcca, pwcca, r2: await linearPredictivity(moments, options) };
}

/** Which similarities differ by more than rounding. */
async function moved(before: PairedRows, after: PairedRows): Promise<string[]> {
  const [first, second] = [await similarities(before), await similarities(after)];
  return Object.keys(first).filter((name) => !isClose(second[name], first[name], rounded));
}

describe("similarities of two clouds", () => {
  const changes: Record<string, { change: (rows: PairedRows, seed: number) => PairedRows; moves: string[] }> = {
    "a rotation and a shift of the target": {
      change: ({ source, target }, seed) => ({ source, target: mapped(target, orthonormal(q, q, createRandom(seed)), 0.5) }),
      moves: [],
    },
    "a rotation of the source, of which PWCCA weighs the columns": {
      change: ({ source, target }, seed) => ({ source: mapped(source, orthonormal(p, p, createRandom(seed)), -2), target }),
      moves: ["pwcca"],
    },
    "a scale of the target, which the distance of clouds as they are sees": {
      change: ({ source, target }) => ({
        source,
        target: mapped(
          target,
          diagonal(q, () => 4),
          0,
        ),
      }),
      moves: ["procrustes"],
    },
    "a linear map of the target, which canonical correlations of all directions do not see": {
      change: ({ source, target }) => ({
        source,
        target: mapped(
          target,
          diagonal(q, (j) => 2.5 ** j),
          0,
        ),
      }),
      moves: ["biased", "debiased", "similarity", "unitProcrustes", "procrustes", "svcca", "r2"],
    },
    "a linear map of the source, which their mean and R² do not see": {
      change: ({ source, target }) => ({
        source: mapped(
          source,
          diagonal(p, (j) => 2.5 ** j),
          0,
        ),
        target,
      }),
      moves: ["biased", "debiased", "similarity", "unitProcrustes", "procrustes", "svcca", "pwcca"],
    },
  };

  it.each(Object.entries(changes))("move with %s, or do not", async (_, { change, moves }) => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1e6 }), async (seed) => {
        const rows = cloudPair({ seed, count, source: p, target: q, noise: 1 });
        expect(await moved(rows, change(rows, seed + 1))).toEqual(moves);
      }),
      runs,
    );
  });

  it("are 1 of a cloud and its own rotation, of any scale", async () => {
    const { source, target } = cloudPair({ seed: 1, count, source: p, target: p });
    const { unitProcrustes, procrustes, ...rest } = await similarities({ source, target });
    for (const [name, value] of Object.entries(rest)) expect([name, isClose(value, 1, rounded)]).toEqual([name, true]);
    expect(unitProcrustes).toBeLessThan(1e-5);
    expect(procrustes).toBeLessThan(1e-4);
  });
});

describe("linearCka", () => {
  it("is about 0 debiased, and d/n biased, for independent clouds", async () => {
    const values: LinearCka[] = [];
    for (let seed = 0; seed < 20; seed++) values.push(await ckaOf(independent(200, 40, 100 + seed)));
    const mean = (take: (value: LinearCka) => number): number => values.reduce((sum, value) => sum + take(value) / 20, 0);
    // HSIC of 40 × 40 pairs of columns over that of one cloud, 40² (1 + 40/200): a standard error of about √2/200/√20 each.
    expect(Math.abs(mean(({ debiased }) => debiased))).toBeLessThan(5 * (Math.SQRT2 / 200 / Math.sqrt(20)));
    expect(mean(({ biased }) => biased)).toBeGreaterThan(0.14);
    expect(values.some(({ debiased }) => debiased < 0) && values.some(({ debiased }) => debiased > 0)).toBe(true);
  });

  it("does not lose digits to rows far from the origin", async () => {
    const rows = cloudPair({ seed: 2, count, source: p, target: q, noise: 1 });
    const near = {
      source: matrix32(
        count,
        p,
        rows.source.data.map((value) => Math.round(value * 64) / 64),
      ),
      target: rows.target,
    };
    const far = {
      source: matrix32(
        count,
        p,
        near.source.data.map((value) => value + 4096),
      ),
      target: rows.target,
    };
    expectClose(Object.values(await ckaOf(far)), Object.values(await ckaOf(near)), conditioned(1e6));
  });

  it("gives the same bytes when blocks of rows are read", async () => {
    const { source, target } = independent(2500, 3, 3);
    const names = Array.from({ length: 2500 }, (_, i) => `made/${i}`);
    // eslint-disable-next-line @typescript-eslint/require-await
    const read = async function* (): AsyncGenerator<PairedRows & { identities: string[] }> {
      for (let first = 0; first < 2500; first += 1024) {
        const chosen = Array.from({ length: Math.min(1024, 2500 - first) }, (_, i) => first + i);
        yield { source: takeRows(source, chosen), target: takeRows(target, chosen), identities: chosen.map((i) => names[i]) };
      }
    };
    const { biased, debiased } = await streamCka(read, options);
    const whole = await linearCka(await computeMoments(source, target, names, options), { source, target });
    expectClose([biased, debiased], [whole.biased, whole.debiased], exact);
  });

  it("refuses too few rows, and clouds without extent", async () => {
    await expect(ckaOf(independent(3, 2, 4))).rejects.toThrow(
      new ValueError("linearCka: got 3 pairs; the debiased form needs at least four"),
    );
    const { source } = independent(6, 2, 5);
    const corners = matrix32(
      6,
      6,
      Float32Array.from({ length: 36 }, (_, k) => (k % 7 === 0 ? 3 : 0.1)),
    );
    for (const target of [matrix32(6, 2, new Float32Array(12).fill(1)), corners]) {
      await expect(ckaOf({ source, target })).rejects.toThrow(
        new ValueError(
          "linearCka: of a cloud of 6 rows the unbiased term is not above 0; give rows that are not all equal, nor all as far from each other",
        ),
      );
    }
    const moments = await computeMoments(source, source, ["a", "b", "c", "d", "e", "f"], options);
    await expect(linearCka(moments, independent(5, 2, 6))).rejects.toThrow(
      new ShapeError("linearCka: got training rows of 5 × 2 and 5 × 2; the moments are of 6 pairs of widths 2 and 2"),
    );
  });
});

describe("canonicalSimilarity", () => {
  it("is 1 of unrelated clouds as wide as there are rows, and says so", async () => {
    const rows = independent(20, 15, 7);
    const { mean, warnings } = await canonicalSimilarity(await momentsOf(rows), options);
    expect(mean).toBeGreaterThan(0.8);
    expect(warnings).toEqual([
      "cca: 20 rows are fewer than the 15 + 15 directions of the clouds; 11 or more correlations are 1 whatever the rows",
      expect.stringMatching(/^svcca: 20 rows are fewer than the 1\d \+ 1\d directions/) as string,
    ]);
  });

  it("has no warning where rows are as many as both widths", async () => {
    expect((await canonicalSimilarity(await momentsOf(independent(40, 20, 8)), options)).warnings).toEqual([]);
  });
});

describe("shapeDistance", () => {
  it("obeys the triangle inequality as an angle", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1e6 }), async (seed) => {
        const random = createRandom(seed);
        const clouds = [4, 5, 3].map((width) => round(gaussian(12, width, random)));
        const angle = async (i: number, j: number): Promise<number> =>
          (await shapeDistance(await momentsOf({ source: clouds[i], target: clouds[j] }), options)).angle;
        expect(await angle(0, 2)).toBeLessThanOrEqual((await angle(0, 1)) + (await angle(1, 2)) + 1e-9);
        expectCloseTo(await angle(1, 0), await angle(0, 1), conditioned(1e4));
      }),
      runs,
    );
  });

  it.each([
    ["shapeDistance", (moments: Moments) => shapeDistance(moments, options)],
    ["canonicalSimilarity", (moments: Moments) => canonicalSimilarity(moments, options)],
    ["linearPredictivity", (moments: Moments) => linearPredictivity(moments, options)],
  ] as const)("and others refuse a cloud without extent: %s", async (_, measure) => {
    const rows = { source: independent(6, 2, 9).source, target: matrix32(6, 2, new Float32Array(12).fill(1)) };
    await expect(measure(await momentsOf(rows))).rejects.toThrow(
      new ValueError("liveDirections: all 6 rows of the cloud are equal; a map needs rows that differ"),
    );
  });
});

describe("heldOutPredictivity", () => {
  it("is below 0 for unrelated clouds, of which the fitted rows give p/(n − 1)", async () => {
    const rows = independent(200, 20, 10);
    const train = halfOf(rows, 0);
    const moments = await momentsOf(train);
    expect(Math.abs((await linearPredictivity(moments, options)) - 20 / 99)).toBeLessThan(0.05);
    expect(await heldOutPredictivity(moments, halfOf(rows, 1), options)).toBeLessThan(-0.1);
  });
});

describe("mutualNeighbours", () => {
  it("is 1 of a cloud and its rotation, and chance of unrelated clouds", async () => {
    const { source, target } = cloudPair({ seed: 11, count: 200, source: 6, target: 6 });
    const origin = (rows: Matrix32): Matrix32 => centredAt(rows);
    const same = { source: origin(source), target: origin(target) };
    const names = Array.from({ length: 200 }, (_, i) => `made/${Math.floor(i / 4)}`);
    const other = independent(200, 6, 12);
    for (const scope of ["all", "across", "within"] as const) {
      expect((await mutualNeighbours(same, names, { scope, engine })).value, scope).toBeGreaterThan(0.99);
      const { value, chance, rowCount } = await mutualNeighbours(other, names, { scope, engine });
      expect(rowCount).toBe(200);
      expect(chance).toBeCloseTo({ all: 10 / 199, across: 10 / 196, within: 1 / 3 }[scope], 12);
      const draws = scope === "within" ? 200 : 2000;
      expect(Math.abs(value - chance), scope).toBeLessThan(5 * Math.sqrt((chance * (1 - chance)) / draws) + 0.01);
    }
  });

  it("leaves people out, within identities, who have too few rows", async () => {
    const rows = independent(9, 3, 13);
    const names = ["a", "a", "b", "b", "b", "c", "d", "d", "d"];
    const { rowCount, chance } = await mutualNeighbours(rows, names, { scope: "within", engine });
    expect([rowCount, chance]).toEqual([6, 0.5]);
  });

  it("refuses neighbours that rows do not have", async () => {
    const rows = independent(12, 3, 14);
    const names = Array.from({ length: 12 }, (_, i) => `made/${Math.floor(i / 3)}`);
    const refused = async (neighbours: number, scope: "all" | "across" | "within", message: string): Promise<void> => {
      await expect(mutualNeighbours(rows, names, { scope, neighbours, engine })).rejects.toThrow(new ValueError(message));
    };
    await refused(12, "all", "mutualNeighbours: a row has 11 other rows and 12 neighbours; give more rows, or ask for fewer");
    await refused(10, "across", "mutualNeighbours: a row has 9 rows of other people and 10 neighbours; give more rows, or ask for fewer");
    await refused(
      2,
      "within",
      "mutualNeighbours: nobody has 4 rows or more, of whom 2 neighbours within the person could differ; ask for fewer, or leave the measure out",
    );
    await refused(0, "all", "mutualNeighbours: got 0 neighbours; ask for a whole number from 1 on");
    await expect(mutualNeighbours(rows, names.slice(1), { scope: "all", engine })).rejects.toThrow(
      new ShapeError("mutualNeighbours: got 12 source rows, 12 target rows and 11 identities; row i of each must be of the same image"),
    );
    const zero = { source: rows.source, target: matrix32(12, 3, rows.target.data.slice().fill(0, 0, 3)) };
    await expect(mutualNeighbours(zero, names, { scope: "within", engine })).rejects.toThrow(
      new ValueError("mutualNeighbours: target: row 0 has zero length; it has no cosine, so leave it out"),
    );
    const one = Array<string>(12).fill("made/0");
    await expect(mutualNeighbours(rows, one, { scope: "across", neighbours: 1, engine })).rejects.toThrow(
      "mutualNeighbours: a row has 0 rows of other people and 1 neighbours",
    );
  });
});

function momentsOf({ source, target }: PairedRows): Promise<Moments> {
  return computeMoments(
    source,
    target,
    Array.from({ length: source.rows }, (_, i) => `made/${i}`),
    options,
  );
}

async function ckaOf(rows: PairedRows): ReturnType<typeof linearCka> {
  return linearCka(await momentsOf(rows), rows);
}

function independent(rows: number, columns: number, seed: number): PairedRows {
  const random = createRandom(seed);
  return { source: round(gaussian(rows, columns, random)), target: round(gaussian(rows, columns, random)) };
}

function halfOf({ source, target }: PairedRows, half: 0 | 1): PairedRows {
  const chosen = Array.from({ length: source.rows / 2 }, (_, i) => half * (source.rows / 2) + i);
  return { source: takeRows(source, chosen), target: takeRows(target, chosen) };
}

function mapped(rows: Matrix32, weights: Matrix64, shift: number): Matrix32 {
  const { data } = multiply(toFloat64(rows), weights);
  return matrix32(
    rows.rows,
    weights.columns,
    Float32Array.from(data, (value) => value + shift),
  );
}

function diagonal(size: number, value: (j: number) => number): Matrix64 {
  return matrix64(
    size,
    size,
    Float64Array.from({ length: size * size }, (_, k) => (k % (size + 1) === 0 ? value(k % size) : 0)),
  );
}

function centredAt({ rows, columns, data }: Matrix32): Matrix32 {
  const mean = Float64Array.from({ length: columns }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += data[i * columns + j];
    return sum / rows;
  });
  return matrix32(
    rows,
    columns,
    data.map((value, k) => value - mean[k % columns]),
  );
}

function round({ rows, columns, data }: Matrix64): Matrix32 {
  return matrix32(rows, columns, Float32Array.from(data));
}
