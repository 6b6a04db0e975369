import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  computeMoments,
  fitCca,
  fitLeastSquares,
  fitProcrustes,
  fitRidge,
  fitRidgeLeaveOneOut,
  type Moments,
  type PairedRows,
} from "../../lib/align/index.js";
import { aboutOrigin } from "../../lib/align/origin.js";
import { matrix32, type Matrix64 } from "../../lib/core/matrix.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { conditioned, expectClose, expectCloseTo, scanned } from "../close.js";
import { congruentialRows, multiply } from "../synthetic.js";

/** L W R, and the norm of W. */
interface Projected {
  readonly kept: readonly number[];
  readonly norm: number;
}

interface WideCase {
  readonly name: string;
  readonly seed: number;
  readonly count: number;
  readonly source: number;
  readonly target: number;
  readonly kind: "plain" | "constant" | "repeated" | "duplicated";
  readonly rank: number;
  readonly leastSquares: Projected;
  readonly ridge: Projected;
  readonly ridgeWithoutIntercept: Projected;
  readonly leaveOneOut: { readonly errors: readonly number[]; readonly ratio: number };
  readonly procrustes: Projected;
  readonly nuclearNorm: number;
  readonly correlations: { readonly count: number; readonly ends: readonly number[]; readonly sum: number };
}

const engine = await chooseEngine();
/** What the issue asks of maps against NumPy's, SciPy's and scikit-learn's, relative to the largest of what is compared. */
const sameMap = { ...conditioned(1), relative: 1e-8 };
const ratio = 1e-2;
const ratios = [1e-4, 1e-2, 1, 100];

const { cases } = JSON.parse(readFileSync(new URL("../golden/wide-maps.json", import.meta.url), "utf8")) as { cases: WideCase[] };

/** Those that take a second together, and the others. */
export const [quickCases, slowCases] = [true, false].map((quick) =>
  cases.filter(({ source, count }) => (source <= 64 || count <= 300) === quick),
);

/** Every map of a case against the golden file. */
export function describeWideCase(entry: WideCase): void {
  describe(entry.name, () => {
    const { seed, count } = entry;
    const rows = rowsOf(entry);
    const identities = Array.from({ length: count }, (_, i) => `made/${i}`);
    let known: Promise<Moments> | undefined;
    const momentsOf = (): Promise<Moments> => (known ??= computeMoments(rows.source, rows.target, identities, { engine }));

    it("least squares equals scikit-learn's, or NumPy's of least norm", async () => {
      const map = await fitLeastSquares(await momentsOf(), { engine });
      expect(map.effectiveDf).toBe(entry.rank);
      expectProjected(map.weights, entry.leastSquares, seed);
    });

    it("ridge equals scikit-learn's with and without intercept", async () => {
      const moments = await momentsOf();
      expectProjected((await fitRidge(moments, { ratio, engine })).weights, entry.ridge, seed);
      expectProjected((await fitRidge(aboutOrigin(moments), { ratio, engine })).weights, entry.ridgeWithoutIntercept, seed);
    });

    it("leave-one-out has the errors and the penalty of scikit-learn's RidgeCV", async () => {
      const { map, path } = await fitRidgeLeaveOneOut(await momentsOf(), rows, { ratios, engine });
      path.forEach(({ error }, i) => {
        expectCloseTo(error, entry.leaveOneOut.errors[i], scanned);
      });
      expect(map.lambdaRatio).toBe(entry.leaveOneOut.ratio);
    });

    it("the rotation equals SciPy's, or the partial isometry", async () => {
      const { weights } = await fitProcrustes(await momentsOf(), { engine });
      expectProjected(weights, entry.procrustes, seed);
      const { cross } = await momentsOf();
      const overlap = weights.data.reduce((sum, value, k) => sum + value * cross.data[k], 0);
      expectCloseTo(overlap, entry.nuclearNorm, sameMap);
    });

    it("canonical correlations equal those of orthonormal bases by SciPy", async () => {
      const { correlations } = await fitCca(await momentsOf(), { engine });
      expect(correlations).toHaveLength(entry.correlations.count);
      expectClose([...correlations.slice(0, 4), ...correlations.slice(-4)], entry.correlations.ends, sameMap);
      expectCloseTo(
        correlations.reduce((sum, value) => sum + value, 0),
        entry.correlations.sum,
        sameMap,
      );
    });
  });
}

function expectProjected(weights: Matrix64, { kept, norm }: Projected, seed: number): void {
  const left = multiply(congruentialRows(seed + 2, kept.length / 2, weights.rows), weights);
  expectClose(multiply(left, congruentialRows(seed + 3, weights.columns, 2)).data, kept, sameMap);
  expectCloseTo(Math.sqrt(weights.data.reduce((sum, value) => sum + value * value, 0)), norm, sameMap);
}

/** As make_golden_wide_maps.py makes them: column j of the target carries half of the source's column j, where there is one. */
function rowsOf({ seed, count, source: p, target: q, kind }: WideCase): PairedRows {
  const source = Float32Array.from(congruentialRows(seed, count, p).data);
  for (let i = 0; i < count; i++) {
    if (kind === "constant") source.set([0.25, source[i * p + 2], -1], i * p + 1);
    if (kind === "repeated") source.copyWithin(i * p + p / 2, i * p, i * p + p / 2);
  }
  const target = Float32Array.from(congruentialRows(seed + 1, count, q).data, (value, k) => {
    const column = k % q;
    return column < p ? value + 0.5 * source[Math.floor(k / q) * p + column] : value;
  });
  if (kind === "duplicated") {
    for (const [data, width] of [
      [source, p],
      [target, q],
    ] as const) {
      data.copyWithin((count / 2) * width, 0, (count / 2) * width);
    }
  }
  return { source: matrix32(count, p, source), target: matrix32(count, q, target) };
}
