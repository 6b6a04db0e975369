import { describe, expect, it } from "vitest";
import { computeCloud } from "../../lib/align/index.js";
import { ShapeError, ValueError } from "../../lib/core/errors.js";
import { matrix32, stackRows, takeRows, toFloat32, type Matrix32 } from "../../lib/core/matrix.js";
import { createRandom, permutation } from "../../lib/core/random.js";
import {
  cloudSpectrum,
  identityParts,
  identityScatter,
  measureHubness,
  measureIsotropy,
  silhouetteByIdentity,
  type Nearness,
} from "../../lib/geometry/index.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { algebra, conditioned, expectClose, expectCloseTo, rounding32, sampled } from "../close.js";
import { cloudPair, gaussian, withSingularValues } from "../synthetic.js";

const engine = await chooseEngine();
const options = { engine };
const { source: faces, target: turnedFaces, identities } = cloudPair({ seed: 1, count: 120, source: 8, target: 8 });
/** Rows rotated and moved in float32. */
const rounded = { ...conditioned(1), absolute: 1e-5, relative: 1e-5 };

describe("cloudSpectrum", () => {
  it("counts equal variances, and one that is alone", async () => {
    for (const [extents, count] of [
      [[1, 1, 1, 1], 4],
      [[1, 1e-4], 1],
    ] as const) {
      const rows = centredRows(60, 6, extents);
      const { participationRatio, effectiveRank, pcaDimensions } = await cloudSpectrum(
        await computeCloud(rows, names(60), options),
        options,
      );
      expect(participationRatio).toBeCloseTo(count, 5);
      expect(effectiveRank).toBeCloseTo(count, 5);
      expect(pcaDimensions.map(({ dimension }) => dimension)).toEqual([count, count, count]);
    }
  });

  it("does not see rotation and shift", async () => {
    const spectrum = async (rows: Matrix32): ReturnType<typeof cloudSpectrum> =>
      cloudSpectrum(await computeCloud(rows, identities, options), options);
    expectClose((await spectrum(turnedFaces)).variances, (await spectrum(faces)).variances, rounded);
  });

  it("refuses rows that are all equal", async () => {
    const cloud = await computeCloud(matrix32(5, 2, new Float32Array(10).fill(3)), names(5), options);
    await expect(cloudSpectrum(cloud, options)).rejects.toThrow(
      new ValueError("liveDirections: all 5 rows of the cloud are equal; a map needs rows that differ"),
    );
  });
});

describe("measureIsotropy", () => {
  it("is near 0 where directions balance, and 1 where there is one", () => {
    const rows = toFloat32(gaussian(2000, 8, createRandom(2)));
    expect(measureIsotropy(rows).meanDirectionNorm).toBeLessThan(sampled(2000).absolute);
    expectCloseTo(measureIsotropy(rows).meanCosine, 0, sampled(2000 * 8));
    const ray = matrix32(4, 2, Float32Array.of(1, 2, 2, 4, 3, 6, 0.5, 1));
    expectClose(Object.values(measureIsotropy(ray)), [1, 1], algebra);
  });

  it("is minus 1 of two opposite rows", () => {
    expectClose(Object.values(measureIsotropy(matrix32(2, 1, Float32Array.of(3, -2)))), [0, -1], algebra);
  });

  it("refuses one row, and rows without a direction", () => {
    expect(() => measureIsotropy(matrix32(1, 2))).toThrow(
      new ValueError("measureIsotropy: got 1 rows; directions need at least two to be compared"),
    );
    expect(() => measureIsotropy(matrix32(2, 2, Float32Array.of(1, 1, 0, 0)))).toThrow(
      new ValueError("measureIsotropy: row 1 has zero length; it has no direction, so leave it out"),
    );
  });
});

describe("measureHubness", () => {
  it("is larger in many dimensions than in few, by distance, and not of directions, which have no middle", async () => {
    const skewness = async (width: number, nearness: Nearness): Promise<number> =>
      (await measureHubness(toFloat32(gaussian(500, width, createRandom(3))), { nearness, engine })).skewness;
    expect(await skewness(3, "euclidean")).toBeLessThan(0.6);
    expect(await skewness(100, "euclidean")).toBeGreaterThan(1.5);
    expect(await skewness(100, "cosine")).toBeLessThan(0.6);
  });

  it("counts k occurrences for each row in the mean", async () => {
    const { occurrences } = await measureHubness(faces, { neighbours: 7, engine });
    expect(occurrences.reduce((sum, count) => sum + count, 0)).toBe(7 * 120);
  });

  it("refuses counts without a skewness", async () => {
    const rows = takeRows(faces, [0, 1, 2, 3]);
    await expect(measureHubness(rows, { neighbours: 3, engine })).rejects.toThrow(
      new ValueError(
        "measureHubness: each of 4 rows is in 3 lists of 3 neighbours; counts that are all equal have no skewness, so ask for fewer neighbours",
      ),
    );
    await expect(measureHubness(rows, { engine })).rejects.toThrow("findNeighbours: got 10 neighbours and 4 rows");
  });
});

describe("identityScatter", () => {
  it("splits the covariance of the rows, whatever the images of a person", async () => {
    const uneven = identities.map((_, i) => `made/${Math.floor(Math.sqrt(i))}`);
    const { between, within } = await identityScatter(faces, uneven, options);
    const { gram } = await computeCloud(faces, uneven, options);
    expectClose(
      between.data.map((value, k) => 120 * (value + within.data[k])),
      gram.data,
      conditioned(1e3),
    );
  });

  it("has a Fisher ratio of the variances of people and images, which rotation and shift leave", async () => {
    const { source, target, identities: of } = cloudPair({ seed: 4, count: 2000, source: 16, target: 16 });
    const { fisherRatio, identityCount } = await identityScatter(source, of, options);
    expect(identityCount).toBe(500);
    // Variance 1 between people and 0.25 within; a quarter of the latter is in the mean of 4 rows: (1 + 0.0625)/(0.25 − 0.0625).
    expect(Math.abs(fisherRatio - 17 / 3)).toBeLessThan(0.3);
    expectCloseTo((await identityScatter(target, of, options)).fisherRatio, fisherRatio, rounded);
  });

  it("falls to (N − 1)/(n − N) for people who are none", async () => {
    const strangers = takeRows(faces, permutation(120, createRandom(5)));
    expect(Math.abs((await identityScatter(strangers, identities, options)).fisherRatio - 29 / 90)).toBeLessThan(0.08);
  });
});

describe("silhouetteByIdentity", () => {
  it("is near 1 for people far apart, and below 0 for people who are none", async () => {
    const apart = matrix32(
      120,
      8,
      faces.data.map((value, k) => 0.01 * value + (Math.floor(k / 32) % 8 === k % 8 ? 1 : 0)),
    );
    const eight = identities.map((_, i) => `made/${Math.floor(i / 4) % 8}`);
    expect((await silhouetteByIdentity(apart, eight, options)).mean).toBeGreaterThan(0.9);
    const strangers = takeRows(faces, permutation(120, createRandom(6)));
    expect((await silhouetteByIdentity(strangers, identities, options)).mean).toBeLessThan(0);
  });

  it("refuses a row without a direction", async () => {
    const zero = matrix32(120, 8, faces.data.slice().fill(0, 16, 24));
    await expect(silhouetteByIdentity(zero, identities, options)).rejects.toThrow(
      new ValueError("silhouetteByIdentity: row 2 has zero length; it has no cosine, so leave it out"),
    );
  });
});

describe("identityParts", () => {
  it("are a mean for each person and what is left of each row, which add up to the rows", () => {
    const of = [...identities.slice(0, 118), "made/alone", "made/alone too"];
    const { names: people, means, residualRows, residuals } = identityParts(faces, of);
    expect(people).toEqual([...new Set(of)]);
    expect(residualRows).toEqual(Int32Array.from({ length: 118 }, (_, i) => i));
    const sums = residuals.data.map((value, k) => value + means.data[people.indexOf(of[residualRows[Math.floor(k / 8)]]) * 8 + (k % 8)]);
    expectClose(sums, faces.data.subarray(0, 118 * 8), rounding32);
    expectClose(means.data.subarray(-16), faces.data.subarray(-16), rounding32);
    for (let j = 0; j < 8; j++) expect(Math.abs([0, 1, 2, 3].reduce((sum, i) => sum + residuals.data[i * 8 + j], 0))).toBeLessThan(1e-6);
  });
});

describe("what needs identities", () => {
  const calls = {
    identityScatter: (rows: Matrix32, of: readonly string[]) => identityScatter(rows, of, options),
    silhouetteByIdentity: (rows: Matrix32, of: readonly string[]) => silhouetteByIdentity(rows, of, options),
    identityParts: (rows: Matrix32, of: readonly string[]) => Promise.resolve().then(() => identityParts(rows, of)),
  };

  it.each(Object.entries(calls))("%s refuses rows that tell nothing about people", async (caller, call) => {
    await expect(call(faces, identities.slice(1))).rejects.toThrow(
      new ShapeError(`${caller}: got 120 rows and 119 identities; pass the identity of every row`),
    );
    await expect(call(faces, Array<string>(120).fill("made/0"))).rejects.toThrow(
      new ValueError(`${caller}: got rows of 1 identities; telling people apart needs at least two`),
    );
    await expect(call(faces, names(120))).rejects.toThrow(
      new ValueError(`${caller}: each of 120 identities has one row; at least one needs two`),
    );
    await expect(call(matrix32(120, 8, faces.data.slice().fill(NaN, 5, 6)), identities)).rejects.toThrow(
      `${caller}: row 0, column 5 is NaN`,
    );
  });

  it("refuses people whose rows are all equal", async () => {
    const repeated = takeRows(
      faces,
      Array.from({ length: 120 }, (_, i) => i - (i % 4)),
    );
    await expect(identityScatter(repeated, identities, options)).rejects.toThrow(
      new ValueError(
        "identityScatter: the rows of each of 30 identities are all equal; the Fisher ratio needs rows that differ within one",
      ),
    );
  });
});

function names(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `made/${i}`);
}

/** Rows about 0 with equal or unequal extents in random directions: half of them, and their opposites. */
function centredRows(count: number, columns: number, extents: readonly number[]): Matrix32 {
  const half = toFloat32(withSingularValues(count / 2, columns, extents, createRandom(7)));
  return stackRows([
    half,
    matrix32(
      half.rows,
      columns,
      half.data.map((value) => -value),
    ),
  ]);
}
