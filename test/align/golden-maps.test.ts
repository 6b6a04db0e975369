import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  computeFolds,
  computeMoments,
  fitCca,
  fitLeastSquares,
  fitLinear,
  fitLowRank,
  fitPartialWhitening,
  fitProcrustes,
  fitRidge,
  fitRidgeFolds,
  fitRidgeLeaveOneOut,
  type Moments,
} from "../../lib/align/index.js";
import { matrix32, type Matrix32 } from "../../lib/core/matrix.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { algebra, conditioned, expectClose, expectCloseTo, scanned } from "../close.js";
import { congruentialRows } from "../synthetic.js";

interface GoldenCase {
  readonly name: string;
  readonly seed: number;
  readonly count: number;
  readonly source: number;
  readonly target: number;
  readonly kind: "plain" | "mirrored" | "constant" | "repeated";
  readonly leastSquares: readonly number[];
  readonly leastSquaresIntercept?: readonly number[];
  readonly rank?: number;
  readonly ridge: readonly { readonly ratio: number; readonly alpha: number; readonly weights: readonly number[] }[];
  /** By ratio, as `ratios` has them: a share of the centred target's energy. */
  readonly leaveOneOut: { readonly errors: readonly number[]; readonly ratio: number };
  readonly folds: readonly number[];
  readonly procrustes: readonly number[];
  readonly nuclearNorm: number;
  readonly rotation?: readonly number[];
  readonly correlations: readonly number[];
  readonly scikitCorrelations?: readonly number[];
  readonly linear?: readonly number[];
  readonly lowRank?: readonly number[];
  readonly cca?: readonly number[];
  readonly partialWhitening?: readonly number[];
}

const golden = JSON.parse(readFileSync(new URL("../golden/maps.json", import.meta.url), "utf8")) as { cases: GoldenCase[] };
const engine = await chooseEngine();
const ratios = [1e-4, 1e-2, 1, 100];

describe.each(golden.cases)("$name", (entry) => {
  const { source, target } = rowsOf(entry);
  const identities = Array.from({ length: entry.count }, (_, i) => `made/${i}`);
  const moments = computeMoments(source, target, identities, { engine });

  it("least squares equals scikit-learn's, or NumPy's of least norm", async () => {
    const map = await fitLeastSquares(await moments, { engine });
    expectClose(map.weights.data, entry.leastSquares, conditioned(1e4));
    if (entry.leastSquaresIntercept !== undefined) expectClose(interceptOf(map), entry.leastSquaresIntercept, conditioned(1e4));
    if (entry.rank !== undefined) expect(map.effectiveDf).toBe(entry.rank);
  });

  it("ridge equals scikit-learn's for the same penalty on the sum of squares", async () => {
    for (const { ratio, alpha, weights } of entry.ridge) {
      const map = await fitRidge(await moments, { ratio, engine });
      expectCloseTo(map.lambda!, alpha, conditioned(100));
      expectClose(map.weights.data, weights, conditioned(1e3));
    }
  });

  it("ridge by leave-one-out has the errors and the penalty of scikit-learn's RidgeCV", async () => {
    const { map, path } = await fitRidgeLeaveOneOut(await moments, { source, target }, { ratios, engine });
    expectClose(
      path.map(({ error }) => error),
      entry.leaveOneOut.errors,
      scanned,
    );
    expect(map.lambdaRatio).toBe(entry.leaveOneOut.ratio);
  });

  it("ridge by folds has the errors of scikit-learn's Ridge fitted to all other folds", async () => {
    const folds = await computeFolds({ source, target }, identities, { engine });
    const { path } = await fitRidgeFolds(await moments, folds, { ratios, engine });
    expectClose(
      path.map(({ error }) => error),
      entry.folds,
      algebra,
    );
  });

  it("the rotation equals SciPy's, the narrower cloud padded by zeros", async () => {
    const map = await fitProcrustes(await moments, { engine });
    expectClose(map.weights.data, entry.procrustes, conditioned(1e4));
    expectCloseTo(overlap(await moments, map.weights.data), entry.nuclearNorm, conditioned(100));
  });

  it.skipIf(entry.rotation === undefined)("the rotation without reflection equals SciPy's in three dimensions", async () => {
    const map = await fitProcrustes(await moments, { rotationOnly: true, engine });
    expectClose(map.weights.data, entry.rotation!, conditioned(1e4));
  });

  it("canonical correlations equal those of orthonormal bases by SciPy, and scikit-learn's", async () => {
    const { map, correlations } = await fitCca(await moments, { engine });
    expectClose(correlations, entry.correlations, conditioned(1e4));
    if (entry.scikitCorrelations !== undefined) expectClose(correlations, entry.scikitCorrelations, conditioned(1e4));
    if (entry.cca !== undefined) expectClose(map.weights.data, entry.cca, conditioned(1e4));
  });

  it.skipIf(entry.linear === undefined)("the linear map equals scikit-learn's without intercept, or NumPy's of least norm", async () => {
    expectClose((await fitLinear(await moments, { engine })).weights.data, entry.linear!, conditioned(1e4));
  });

  it.skipIf(entry.lowRank === undefined)("the map of rank 2 equals the formula of reduced-rank regression", async () => {
    expectClose((await fitLowRank(await moments, { rank: 2, engine })).weights.data, entry.lowRank!, conditioned(1e4));
  });

  it.skipIf(entry.partialWhitening === undefined)("partial whitening equals the formula, with SciPy's roots and polar factor", async () => {
    const map = await fitPartialWhitening(await moments, { alpha: 0.25, engine });
    expectClose(map.weights.data, entry.partialWhitening!, conditioned(1e4));
  });
});

/** Column j of the target carries half of the source's column j, where there is one. */
function rowsOf({ seed, count, source: p, target: q, kind }: GoldenCase): { source: Matrix32; target: Matrix32 } {
  const source = Float32Array.from(congruentialRows(seed, count, p).data);
  const half = Math.floor(p / 2);
  for (let i = 0; i < count; i++) {
    if (kind === "constant") source.set([0.25, source[i * p + 2], -1], i * p + 1);
    if (kind === "repeated") source.copyWithin(i * p + half, i * p, i * p + half);
  }
  const target = Float32Array.from(congruentialRows(seed + 1, count, q).data, (value, k) => {
    const column = k % q;
    if (kind === "mirrored" && column === 0) return value - 1.5 * source[Math.floor(k / q) * p];
    return column < p ? value + 0.5 * source[Math.floor(k / q) * p + column] : value;
  });
  return { source: matrix32(count, p, source), target: matrix32(count, q, target) };
}

function interceptOf({ weights, sourceMean, targetMean }: Awaited<ReturnType<typeof fitLeastSquares>>): Float64Array {
  const q = weights.columns;
  return targetMean.map((value, j) => sourceMean.reduce((rest, mean, i) => rest - mean * weights.data[i * q + j], value));
}

/** tr(Wᵀ SᵀT), the sum of the singular values when W is the rotation. */
function overlap({ cross }: Moments, weights: Float64Array): number {
  return weights.reduce((sum, value, k) => sum + value * cross.data[k], 0);
}
