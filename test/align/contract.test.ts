import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import {
  allMapKinds,
  applyMap,
  computeMoments,
  exportNumpy,
  importNumpy,
  loadMap,
  measureFit,
  normaliseRows,
  placeTargets,
  saveMap,
  type AlignmentMap,
  type FitContext,
  type PairedRows,
} from "../../lib/align/index.js";
import { takeRows } from "../../lib/core/matrix.js";
import { createRandom, permutation } from "../../lib/core/random.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { conditioned, exact, expectClose, expectCloseTo, rounding32 } from "../close.js";
import { cloudPair, type CloudPairOptions } from "../synthetic.js";
import { temporaryFolder } from "../temporary-folder.js";

const engine = await chooseEngine();
const trainCount = 240;
const tuneCount = 40;
const count = 400;

/** Maps that are put together from rows, or from nothing. */
const withoutEngine = ["zero-pad", "truncate", "pad-to-wider", "uncentred", "relative"];

interface TrainRows extends PairedRows {
  readonly identities: readonly string[];
}

interface Parts {
  readonly train: TrainRows;
  readonly tune: PairedRows;
  readonly test: PairedRows;
}

const shapes: Record<string, Omit<CloudPairOptions, "count">> = {
  "equal widths": { seed: 1, source: 24, target: 24 },
  "a narrower source": { seed: 2, source: 16, target: 24 },
  "a wider source": { seed: 3, source: 24, target: 16 },
  "a source that fills half of its space": { seed: 4, source: 24, target: 24, sourceRank: 12 },
};

describe.each(allMapKinds)("map $name", (kind) => {
  describe.each(Object.entries(shapes))("with %s", (_, options) => {
    let parts: Parts;
    let context: FitContext;
    let map: AlignmentMap;
    beforeAll(async () => {
      parts = makeParts(options);
      context = await contextOf(parts.train, parts.tune);
      map = await kind.fit(context);
    });

    it("is a frozen value that says where it comes from", () => {
      expect(Object.isFrozen(map)).toBe(true);
      expect(map.name).toBe(kind.name);
      expect([map.sourceDimension, map.targetDimension]).toEqual([options.source, options.target]);
      const { weights, targetWeights } = map;
      expect(weights.rows).toBe(options.source);
      if (targetWeights === null) expect(weights.columns).toBe(options.target);
      else expect([targetWeights.rows, targetWeights.columns]).toEqual([options.target, weights.columns]);
      expect(map.trainCount).toBe(trainCount);
      expect(map.identities).toEqual([...new Set(parts.train.identities)].sort());
      expect(map.engine).toBe(withoutEngine.includes(kind.name) ? null : engine.name);
      expect(map.parameterCount).toBeGreaterThan(0);
      expect(map.rank).toBeLessThanOrEqual(Math.min(options.source, options.target));
    });

    it("records how well it fits, and on what", async () => {
      const isFitted = !kind.isBaseline && map.engine !== null;
      expect([map.condition !== null, map.trainResidual !== null]).toEqual([isFitted, isFitted]);
      expect(map.tuneResidual !== null).toBe(["ridge", "low-rank"].includes(kind.name));
      expect(map.frame).toBe(["linear", "uncentred"].includes(kind.name) ? "raw" : "centred");
      const measured = [await measureFit(map, parts.train, { engine }), await measureFit(map, parts.tune, { engine })];
      if (map.trainResidual !== null) {
        expect(map.trainResidual).toBeLessThan(0.9);
        expectCloseTo(map.trainResidual, measured[0].residual, conditioned(1e3));
      }
      if (map.tuneResidual !== null) expectCloseTo(map.tuneResidual, measured[1].residual, exact);
      if (map.condition !== null) expect(map.condition).toBeGreaterThan(1);
    });

    it("leaves its arguments as they were", async () => {
      const before = [parts.train.source, parts.tune.source, parts.tune.target].map(({ data }) => data.slice());
      const gram = context.moments.source.gram.data.slice();
      const cross = context.moments.cross.data.slice();
      await kind.fit(context);
      await applyMap(map, parts.train.source, { engine });
      [parts.train.source, parts.tune.source, parts.tune.target].forEach(({ data }, i) => {
        expectClose(data, before[i], exact);
      });
      expectClose(context.moments.source.gram.data, gram, exact);
      expectClose(context.moments.cross.data, cross, exact);
    });

    it("comes back from files with every bit", async () => {
      const folder = await temporaryFolder();
      const file = path.join(folder, "map.safetensors");
      await saveMap(file, map);
      await exportNumpy(folder, map);
      for (const read of [await loadMap(file), await importNumpy(folder)]) {
        expect(read).toEqual(map);
        expect(Object.isFrozen(read) && Object.isFrozen(read.identities)).toBe(true);
      }
    });

    it("gives the same bytes twice", async () => {
      const again = await kind.fit(await contextOf(parts.train, parts.tune));
      expectClose(again.weights.data, map.weights.data, exact);
    });

    it("does not depend on the order of the pairs", async () => {
      const order = permutation(trainCount, createRandom(9));
      const { source, target, identities } = parts.train;
      const shuffled = {
        source: takeRows(source, order),
        target: takeRows(target, order),
        identities: Array.from(order, (i) => identities[i]),
      };
      const { train } = parts;
      const again = await kind.fit({ ...(await contextOf(shuffled, parts.tune)), train, trainIdentities: train.identities });
      expectClose(again.weights.data, map.weights.data, conditioned(1e5));
    });

    it("maps a subset of rows to the subset of the mapped rows", async () => {
      const some = [3, 50, 7];
      const subset = await applyMap(map, takeRows(parts.test.source, some), { engine });
      const whole = takeRows(await applyMap(map, parts.test.source, { engine }), some);
      expectClose(subset.data, whole.data, rounding32);
    });

    it("adds the target's training mean in the raw frame", async () => {
      const frames = ["centred", "raw"] as const;
      const [centred, raw] = await Promise.all(frames.map((frame) => applyMap(map, parts.test.source, { frame, engine })));
      const [centredTargets, targets] = await Promise.all(frames.map((frame) => placeTargets(map, parts.test.target, { frame, engine })));
      const moved = raw.data.map((value, k) => value - centred.data[k]);
      // Rounded twice: entries are of unit size.
      expectClose(
        targets.data.map((value, k) => value - centredTargets.data[k]),
        moved,
        { ...rounding32, absolute: 1e-6 },
      );
      if (map.targetWeights === null) expectClose(targets.data, parts.test.target.data, exact);
    });

    it("brings test rows closer to their targets than to others', unless it is a baseline", async () => {
      const { own, other } = await cosines(map, parts.test);
      if (kind.isBaseline) expect(Math.abs(own - other)).toBeLessThan(0.2);
      // Of the way that there is: vectors about the origin share the direction of their mean.
      else expect((own - other) / (1 - other)).toBeGreaterThan(0.6);
    });

    it("falls to chance on test rows when the pairs were shuffled", async () => {
      const order = permutation(trainCount, createRandom(10));
      const { source, target, identities } = parts.train;
      const shuffled = await contextOf({ source, target: takeRows(target, order), identities }, parts.tune);
      const { own, other } = await cosines(await kind.fit(shuffled), parts.test);
      expect(Math.abs(own - other)).toBeLessThan(0.2);
    });
  });

  it.skipIf(kind.name === "random")("is not worse than the identity on its training rows where the identity is the answer", async () => {
    const { source, identities } = cloudPair({ seed: 5, count, source: 20, target: 20 });
    const rows = { source, target: source };
    const { own } = await cosines(await kind.fit(await contextOf({ ...rows, identities }, rows)), rows);
    expectCloseTo(own, 1, { ...conditioned(1), absolute: 1e-6 });
  });
});

function makeParts(options: Omit<CloudPairOptions, "count">): Parts {
  const pair = cloudPair({ ...options, count, noise: 0.3 });
  const part = (first: number, last: number): TrainRows => {
    const indices = Array.from({ length: last - first }, (_, i) => first + i);
    return {
      source: normaliseRows(takeRows(pair.source, indices)),
      target: normaliseRows(takeRows(pair.target, indices)),
      identities: pair.identities.slice(first, last),
    };
  };
  return { train: part(0, trainCount), tune: part(trainCount, trainCount + tuneCount), test: part(trainCount + tuneCount, count) };
}

async function contextOf({ source, target, identities }: TrainRows, tune: PairedRows): Promise<FitContext> {
  const moments = await computeMoments(source, target, identities, { engine });
  return { moments, train: { source, target }, trainIdentities: identities, tune, engine };
}

/** Mean cosine of mapped rows to their own targets, and to those of another identity. */
async function cosines(map: AlignmentMap, { source, target }: PairedRows): Promise<{ own: number; other: number }> {
  const mapped = normaliseRows(await applyMap(map, source, { engine }));
  const placed = normaliseRows(await placeTargets(map, target, { engine }));
  const { rows, columns } = placed;
  let own = 0;
  let other = 0;
  for (let i = 0; i < rows; i++) {
    const shifted = (i + 40) % rows;
    for (let j = 0; j < columns; j++) {
      own += mapped.data[i * columns + j] * placed.data[i * columns + j];
      other += mapped.data[i * columns + j] * placed.data[shifted * columns + j];
    }
  }
  return { own: own / rows, other: other / rows };
}
