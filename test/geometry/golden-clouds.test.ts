import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { computeCloud, computeMoments, type PairedRows } from "../../lib/align/index.js";
import { matrix32, takeRows, type Matrix32 } from "../../lib/core/matrix.js";
import {
  canonicalSimilarity,
  cloudSpectrum,
  estimateDimension,
  findNeighbours,
  heldOutPredictivity,
  identityScatter,
  linearCka,
  linearPredictivity,
  measureHubness,
  measureIsotropy,
  mutualNeighbours,
  shapeDistance,
  silhouetteByIdentity,
} from "../../lib/geometry/index.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { algebra, conditioned, exact, expectClose, expectCloseTo } from "../close.js";
import { congruentialRows } from "../synthetic.js";

interface SimilarityCase {
  readonly name: string;
  readonly seed: number;
  readonly count: number;
  readonly source: number;
  readonly target: number;
  readonly repeated: number;
  readonly stretched: boolean;
  readonly ckaBiased: number;
  readonly ckaDebiased: number;
  readonly procrustes: number;
  readonly unitProcrustes: number;
  readonly angle: number;
  readonly cca: number;
  readonly svcca: number;
  readonly pwcca: number;
  readonly r2: number;
  readonly r2HeldOut: number;
  readonly neighbours: number;
  readonly mutual: number;
  readonly mutualAcross: number;
  readonly mutualWithin: number;
}

interface GeometryCase {
  readonly name: string;
  readonly seed: number;
  readonly count: number;
  readonly width: number;
  readonly perIdentity: number;
  readonly variances: readonly number[];
  readonly participationRatio: number;
  readonly effectiveRank: number;
  readonly pcaDimensions: readonly number[];
  readonly meanDirectionNorm: number;
  readonly meanCosine: number;
  readonly neighbours: number;
  readonly neighbourIndices: readonly number[];
  readonly hubness: number;
  readonly silhouette: number;
  readonly silhouettes: readonly number[];
  readonly within: readonly number[];
  readonly between: readonly number[];
  readonly fisherRatio: number;
  readonly dimensionLikelihood: number;
  readonly dimensionRegression: number;
}

const golden = JSON.parse(readFileSync(new URL("../golden/clouds.json", import.meta.url), "utf8")) as {
  readonly similarity: readonly SimilarityCase[];
  readonly geometry: readonly GeometryCase[];
};
const engine = await chooseEngine();
const options = { engine };

describe.each(golden.similarity)("similarity of clouds: $name", (entry) => {
  const rows = pairOf(entry);
  const identities = Array.from({ length: entry.count }, (_, i) => `made/${Math.floor(i / 4)}`);
  const moments = computeMoments(rows.source, rows.target, identities, options);

  it("CKA, biased and debiased, equals the sums over n × n matrices", async () => {
    const { biased, debiased } = await linearCka(await moments, rows);
    expectClose([biased, debiased], [entry.ckaBiased, entry.ckaDebiased], algebra);
  });

  it("Procrustes distances equal those of the rotation by SciPy", async () => {
    const { procrustes, unitProcrustes, angle, similarity } = await shapeDistance(await moments, options);
    expectClose([procrustes, unitProcrustes, angle], [entry.procrustes, entry.unitProcrustes, entry.angle], algebra);
    expectCloseTo(similarity, Math.cos(entry.angle), algebra);
  });

  it("canonical correlations equal those of orthonormal bases, and PWCCA that of their variates", async () => {
    const { mean, svcca, pwcca, warnings } = await canonicalSimilarity(await moments, options);
    expectClose([mean, svcca], [entry.cca, entry.svcca], algebra);
    expectCloseTo(pwcca, entry.pwcca, algebra);
    expect(warnings).toEqual([]);
  });

  it("linear predictivity equals scikit-learn's, on the fitted rows and on others", async () => {
    expectCloseTo(await linearPredictivity(await moments, options), entry.r2, algebra);
    const half = entry.count / 2;
    const [train, test] = [0, half].map((first) => {
      const chosen = Array.from({ length: half }, (_, i) => first + i);
      return { source: takeRows(rows.source, chosen), target: takeRows(rows.target, chosen) };
    });
    const fitted = await computeMoments(train.source, train.target, identities.slice(0, half), options);
    expectCloseTo(await heldOutPredictivity(fitted, test, options), entry.r2HeldOut, algebra);
  });

  it("mutual neighbours equal those of sorted n × n cosines, also where rows repeat", async () => {
    const { neighbours } = entry;
    const value = async (scope: "all" | "across" | "within", count: number): Promise<number> =>
      (await mutualNeighbours(rows, identities, { scope, neighbours: count, engine })).value;
    expectCloseTo(await value("all", neighbours), entry.mutual, algebra);
    expectCloseTo(await value("across", neighbours), entry.mutualAcross, algebra);
    expectCloseTo(await value("within", 1), entry.mutualWithin, algebra);
  });
});

describe.each(golden.geometry)("geometry of a cloud: $name", (entry) => {
  const { rows, identities } = cloudOf(entry);

  it("its spectrum equals scikit-learn's PCA", async () => {
    const spectrum = await cloudSpectrum(await computeCloud(rows, identities, options), options);
    expectClose(spectrum.variances, entry.variances, algebra);
    expectCloseTo(spectrum.participationRatio, entry.participationRatio, algebra);
    expectCloseTo(spectrum.effectiveRank, entry.effectiveRank, algebra);
    expect(spectrum.pcaDimensions.map(({ dimension }) => dimension)).toEqual(entry.pcaDimensions);
  });

  it("its mean cosine equals that of all pairs", () => {
    const { meanDirectionNorm, meanCosine } = measureIsotropy(rows);
    expectClose([meanDirectionNorm, meanCosine], [entry.meanDirectionNorm, entry.meanCosine], algebra);
  });

  it("neighbours and their skewness equal scikit-learn's and SciPy's", async () => {
    const { indices } = await findNeighbours(rows, entry.neighbours, options);
    expectClose(indices, entry.neighbourIndices, exact);
    expectCloseTo((await measureHubness(rows, { neighbours: entry.neighbours, engine })).skewness, entry.hubness, algebra);
  });

  it("silhouettes equal scikit-learn's, a single row included", async () => {
    const { mean, values } = await silhouetteByIdentity(rows, identities, options);
    expectClose(values, entry.silhouettes, algebra);
    expectCloseTo(mean, entry.silhouette, algebra);
  });

  it("scatter equals scikit-learn's discriminant analysis", async () => {
    const { between, within, fisherRatio } = await identityScatter(rows, identities, options);
    expectClose(within.data, entry.within, conditioned(1e3));
    expectClose(between.data, entry.between, conditioned(1e3));
    expectCloseTo(fisherRatio, entry.fisherRatio, algebra);
  });

  it("the dimension by two neighbours equals scikit-dimension's", async () => {
    const { likelihood, regression, count, duplicateCount } = await estimateDimension(rows, options);
    expectClose([likelihood, regression], [entry.dimensionLikelihood, entry.dimensionRegression], algebra);
    expect([count, duplicateCount]).toEqual([entry.count, 0]);
  });
});

/** The rows of test/golden/make_golden_clouds.py. */
function pairOf({ seed, count, source: p, target: q, repeated, stretched }: SimilarityCase): PairedRows {
  const source = Float32Array.from(congruentialRows(seed, count, p).data);
  const target = Float32Array.from(congruentialRows(seed + 1, count, q).data, (value, k) => {
    const column = k % q;
    return column < p ? value + 0.5 * source[Math.floor(k / q) * p + column] : value;
  });
  source.copyWithin((count - repeated) * p, 0, repeated * p);
  target.copyWithin((count - repeated) * q, 0, repeated * q);
  const width = (column: number): number => (stretched ? 2 ** -column : 1);
  return {
    source: matrix32(
      count,
      p,
      source.map((value, k) => value * width(k % p)),
    ),
    target: matrix32(
      count,
      q,
      target.map((value, k) => value * width(k % q)),
    ),
  };
}

function cloudOf({ seed, count, width, perIdentity }: GeometryCase): { rows: Matrix32; identities: string[] } {
  const codes = Array.from({ length: count }, (_, i) => Math.floor(i / perIdentity));
  codes[count - 1] = codes[count - 2] + 1;
  const centres = congruentialRows(seed + 1, codes[count - 1] + 1, width).data;
  const data = Float32Array.from(congruentialRows(seed, count, width).data, (value, k) => {
    return value + 2 * centres[codes[Math.floor(k / width)] * width + (k % width)];
  });
  return { rows: matrix32(count, width, data), identities: codes.map((code) => `made/${code}`) };
}
