import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matrix32, type Matrix32 } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";
import type { Engine } from "../../lib/linalg/engine.js";
import { chooseEngine } from "../../lib/linalg/choose-engine.js";
import { cmc, countRanks, type Ranks } from "../../lib/metrics/identification.js";
import { labelAllPairs, labelScores, type ScoreLabels } from "../../lib/metrics/labels.js";
import { eerInterval } from "../../lib/metrics/eer-interval.js";
import { collectPairs, type PairScores } from "../../lib/metrics/pair-scores.js";
import type { PlaceSums } from "../../lib/metrics/place-sums.js";
import { scoreRecognition, type Recognition, type RecognitionOptions } from "../../lib/metrics/recognition.js";
import { scoreBlocks } from "../../lib/metrics/scores.js";
import { eer } from "../../lib/metrics/equal-error.js";
import { tmrAtFmr } from "../../lib/metrics/operating-point.js";
import { roc } from "../../lib/metrics/roc.js";
import { auc, verification, type ListedVerification } from "../../lib/metrics/verification.js";
import { dPrime } from "../../lib/metrics/d-prime.js";
import { aucInterval, tmrInterval } from "../../lib/metrics/verification-intervals.js";
import { algebra, conditioned, exact, expectClose, expectCloseTo } from "../close.js";
import { plainEngine as engine } from "./plain-engine.js";

interface Sides {
  readonly probes: Matrix32;
  readonly gallery: Matrix32;
  readonly labels: ScoreLabels;
}

/** Rows around a centre for each person; coarse ones stand on a few directions, so that scores tie. */
function people(seed: number, names: readonly string[], coarse: boolean): Matrix32 {
  const random = createRandom(seed);
  const values = names.flatMap((name) => {
    const centre = createRandom(hash(name));
    return [1, 2, 3, 4].map(() => centre.normal() + 0.6 * random.normal());
  });
  return matrix32(
    names.length,
    4,
    Float32Array.from(values, (value) => (coarse ? Math.round(value) : value)),
  );
}

function hash(name: string): number {
  return Array.from(name).reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0, 7);
}

/** People of whom some are on one side only, in no order. */
function sides(seed: number, personCount: number, coarse: boolean): Sides {
  const random = createRandom(seed);
  const some = (count: number, shift: number): string[] => Array.from({ length: count }, () => `p${random.integer(personCount) + shift}`);
  const probeNames = [...some(3 * personCount, 0), "p3", "q"];
  const galleryNames = [...some(2 * personCount, 2), "p3", "r"];
  return {
    probes: people(seed + 1, probeNames, coarse),
    gallery: people(seed + 2, galleryNames, coarse),
    labels: labelScores(probeNames, galleryNames),
  };
}

async function listed(
  { probes, gallery, labels }: Sides,
  options: Partial<RecognitionOptions> = {},
): Promise<{
  evaluation: ListedVerification;
  pairs: PairScores;
  ranks: Ranks | null;
}> {
  const collector = collectPairs(labels);
  const counter = labels.pairs === "all" ? countRanks(labels, { unit: options.unit ?? "subject" }) : null;
  await scoreBlocks(probes, gallery, counter === null ? [collector] : [collector, counter], { engine, ...options });
  const pairs = collector.pairs();
  return { evaluation: verification(pairs.mated, pairs.nonMated), pairs, ranks: counter?.ranks() ?? null };
}

const fmrs = [0, 1e-3, 0.01, 0.1, 0.29, 0.5, 0.9];

async function expectSame(counted: Recognition, expected: Awaited<ReturnType<typeof listed>>): Promise<void> {
  const { evaluation, pairs, ranks } = counted;
  expect(evaluation.mated).toEqual(expected.evaluation.mated);
  expect(pairs.matedSubjects).toEqual(expected.pairs.matedSubjects);
  expect(evaluation.counts).toEqual(expected.evaluation.counts);
  expect(evaluation.nonMatedCount).toBe(expected.evaluation.nonMatedCount);
  expect(ranks).toEqual(expected.ranks);
  expect(auc(evaluation)).toBe(auc(expected.evaluation));
  expect(roc(evaluation)).toEqual(roc(expected.evaluation));
  for (const method of ["linear", "midpoint", "minimum gap", "convex hull"] as const) {
    expect(eer(evaluation, { method }), method).toBe(eer(expected.evaluation, { method }));
  }
  for (const fmr of fmrs) {
    for (const method of ["conservative", "interpolated", "nearest"] as const) {
      const point = tmrAtFmr(evaluation, fmr, { method });
      expect(point, `${method} at ${fmr}`).toEqual(tmrAtFmr(expected.evaluation, fmr, { method }));
      expect(tmrInterval(pairs, point.threshold)).toEqual(tmrInterval(expected.pairs, point.threshold));
    }
  }
  const interval = aucInterval(evaluation, pairs);
  const other = aucInterval(expected.evaluation, expected.pairs);
  expectClose([interval.low, interval.high], [other.low, other.high], conditioned(1e4));
  const [band, otherBand] = [await eerInterval(evaluation, pairs), eerInterval(expected.evaluation, expected.pairs)];
  expectClose([band.low, band.high], [otherBand.low, otherBand.high], conditioned(1e4));
}

describe("scoreRecognition counts what the kept scores give", () => {
  for (const tileSize of [1, 3, 10, 1000]) {
    for (const coarse of [true, false]) {
      it.each(["subject", "template"] as const)(`in tiles of ${tileSize}, ${coarse ? "with" : "without"} ties (unit %s)`, async (unit) => {
        const data = sides(tileSize, 12, coarse);
        const counted = await scoreRecognition(data.probes, data.gallery, data.labels, { engine, tileSize, unit, fmrs });
        await expectSame(counted, await listed(data, { unit }));
        if (!coarse) expectCloseTo(dPrime(counted.evaluation), dPrime((await listed(data)).evaluation), algebra);
      });
    }
    it(`in tiles of ${tileSize}, for all pairs of one set`, async () => {
      const names = Array.from({ length: 40 }, (_, i) => `p${(i * 7) % 11}`);
      const rows = people(tileSize, names, tileSize === 3);
      const data = { probes: rows, gallery: rows, labels: labelAllPairs(names) };
      await expectSame(await scoreRecognition(rows, rows, data.labels, { engine, tileSize, fmrs }), await listed(data));
    });
  }

  it.each(["euclidean", "csls"] as const)("by %s", async (kind) => {
    const data = sides(5, 10, false);
    const cohort = (seed: number): Matrix32 => people(seed, ["s", "t", "u", "v", "s", "t", "u", "v"], false);
    const similarity = kind === "csls" ? { kind, sourceCohort: cohort(1), targetCohort: cohort(2), neighbourCount: 3 } : kind;
    const counted = await scoreRecognition(data.probes, data.gallery, data.labels, { engine, tileSize: 7, similarity, fmrs });
    await expectSame(counted, await listed(data, { similarity }));
  });

  it("with rows without a direction, which score −∞", async () => {
    const data = sides(8, 9, false);
    data.probes.data.fill(0, 0, 8);
    data.gallery.data.fill(0, 4, 8);
    const counted = await scoreRecognition(data.probes, data.gallery, data.labels, { engine, tileSize: 5, fmrs });
    expect(counted.degenerateCount).toBe(3);
    await expectSame(counted, await listed(data));
    expect(() => dPrime(counted.evaluation)).toThrow("dPrime: a score is infinite, which has no variance");
  });

  it("when every score is the same: nobody is told apart", async () => {
    const names = ["a", "a", "b", "b", "c", "d"];
    const rows = matrix32(6, 2, new Float32Array(12).fill(1));
    const data = { probes: rows, gallery: rows, labels: labelScores(names, names) };
    const counted = await scoreRecognition(rows, rows, data.labels, { engine, tileSize: 2, fmrs });
    await expectSame(counted, await listed(data));
    expect([auc(counted.evaluation), eer(counted.evaluation), cmc(counted.ranks)[0]]).toEqual([0.5, 0.5, 0]);
  });

  it("when thresholds are not where the diagonal tiles let expect them: tiles are scored once more", async () => {
    // Each person alone with a template on the diagonal, far from the crowd of look-alikes that only meets off it.
    const names = Array.from({ length: 30 }, (_, i) => `p${i}`);
    const rows = (turn: number): Matrix32 =>
      matrix32(30, 2, Float32Array.from(names.flatMap((_, i) => [Math.cos(i * i + turn), Math.sin(i * i + turn)])));
    const data = { probes: rows(0.1), gallery: rows(0), labels: labelScores(names, names) };
    let products = 0;
    const counting: Engine = { ...engine, product: (left, right, options) => (products++, engine.product(left, right, options)) };
    const counted = await scoreRecognition(data.probes, data.gallery, data.labels, { engine: counting, tileSize: 1, fmrs });
    expect(products).toBeGreaterThan(2 * 30 * 30);
    await expectSame(counted, await listed(data));
  });

  it("for any people, images and ties", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 1e6 }),
        fc.integer({ min: 4, max: 9 }),
        fc.integer({ min: 1, max: 12 }),
        async (seed, count, tileSize) => {
          const data = sides(seed, count, true);
          await expectSame(await scoreRecognition(data.probes, data.gallery, data.labels, { engine, tileSize, fmrs }), await listed(data));
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe("scoreRecognition on the default engine", () => {
  it("finds mates at the very scores that it counts against, whatever the tiles", async () => {
    // Every row twice under two names: each mated score has a non-mated twin that is exactly as large.
    const random = createRandom(4);
    const half = matrix32(
      150,
      64,
      Float32Array.from({ length: 150 * 64 }, () => random.normal()),
    );
    const rows = matrix32(300, 64, Float32Array.from([...half.data, ...half.data]));
    const names = Array.from({ length: 300 }, (_, i) => `${i < 150 ? "a" : "b"}${Math.floor((i % 150) / 3)}`);
    const labels = labelScores(names, names);
    const results = [];
    for (const tileSize of [80, 150, 1000]) {
      const { evaluation, ranks } = await scoreRecognition(rows, rows, labels, { engine: await chooseEngine(), tileSize });
      results.push({ ranks, counts: evaluation.counts.filter((count, place) => place % 2 === 1 || count > 0).length });
      // A twin at the same score stands in the way of every mate.
      expect(cmc(ranks)[0]).toBe(0);
    }
    expectClose(Array.from(results[0].ranks.better), Array.from(results[2].ranks.better), exact);
  });
});

describe("false matches that are counted once more", () => {
  it("are the same for several thresholds at once as for one after the other", async () => {
    const data = sides(6, 40, false);
    const { pairs } = await scoreRecognition(data.probes, data.gallery, data.labels, { engine: await chooseEngine(), tileSize: 12, fmrs });
    const thresholds = [-0.5, 0, 0.25, 0.5, 0.9];
    const oneByOne: PlaceSums[] = [];
    for (const threshold of thresholds) oneByOne.push(await pairs.falseMatchesAt(threshold));
    expect(await Promise.all(thresholds.map(pairs.falseMatchesAt))).toEqual(oneByOne);
  });
});

describe("scoreRecognition refuses", () => {
  const rows = matrix32(2, 2, Float32Array.of(1, 0, 0, 1));
  const labels = labelScores(["a", "b"], ["a", "b"]);
  const run = (some = rows, given = labels, options: Partial<RecognitionOptions> = {}): Promise<Recognition> =>
    scoreRecognition(some, rows, given, { engine, ...options });

  it("labels of other rows, sides that nobody or only mates are on, and options that mean nothing", async () => {
    await expect(run(matrix32(1, 2))).rejects.toThrow(
      "scoreRecognition: got labels of 2 probes and 2 templates for 1 and 2 rows; give one for each row",
    );
    await expect(run(rows, labelScores(["x", "y"], ["a", "b"]))).rejects.toThrow(
      "verification: got 0 mated and 4 non-mated scores; it needs at least one of each, so add people or images",
    );
    await expect(run(rows, labelScores(["a", "a"], ["a", "a"]))).rejects.toThrow("verification: got 4 mated and 0 non-mated scores");
    await expect(run(rows, labels, { tileSize: 0 })).rejects.toThrow(
      "scoreRecognition: got a tile size of 0; it must be a whole number from 1 on",
    );
    await expect(run(rows, labels, { fmrs: [1] })).rejects.toThrow("tmrAtFmr: got an FMR of 1; it must be at least 0 and below 1");
    await expect(run(matrix32(2, 2, Float32Array.of(1, 0, NaN, 1)))).rejects.toThrow("scoreRecognition: probes: row 1, column 0 is NaN");
  });

  it("an FMR that was not named beforehand", async () => {
    const data = sides(3, 12, false);
    const { evaluation } = await scoreRecognition(data.probes, data.gallery, data.labels, { engine, fmrs: [0.01] });
    const place = Math.floor(0.7 * evaluation.nonMatedCount) + 1;
    expect(() => tmrAtFmr(evaluation, 0.7)).toThrow(
      `verification: the non-mated scores around place ${place} of ${evaluation.nonMatedCount} were counted, not kept; name the FMR in \`fmrs\` when scoring`,
    );
    expect(() => tmrAtFmr(evaluation, 0.01, { method: "grid" })).toThrow("tmrAtFmr: the grid needs every non-mated score");
  });

  it("scores that an engine makes NaN", async () => {
    const broken: Engine = { ...engine, product: (left) => Promise.resolve({ ...left, data: left.data.map(() => NaN) }) };
    await expect(run(rows, labels, { engine: broken })).rejects.toThrow("scoreRecognition: a score is NaN");
    const brokenBesides: Engine = { ...engine, product: (left) => Promise.resolve({ ...left, data: Float32Array.of(1, NaN, 0.5, 1) }) };
    await expect(run(rows, labels, { engine: brokenBesides })).rejects.toThrow("scoreRecognition: a score is NaN");
  });

  it("to go on after an abort", async () => {
    await expect(run(rows, labels, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "AbortError" });
  });
});
