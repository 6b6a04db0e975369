import { beforeAll, describe, expect, it } from "vitest";
import {
  applyMap,
  computeMoments,
  mapFromJson,
  mapKinds,
  mapToJson,
  normaliseRows,
  type AlignmentMap,
  type FitContext,
  type Moments,
} from "../../lib/align/index.js";
import { matrix32, takeRows, type Matrix32 } from "../../lib/core/matrix.js";
import { createRandom, permutation } from "../../lib/core/random.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { conditioned, exact, expectClose, expectCloseTo, rounding32, sampled } from "../close.js";
import { cloudPair, type CloudPairOptions } from "../synthetic.js";

const engine = await chooseEngine();
const trainCount = 240;
const tuneCount = 40;
const count = 400;

interface Parts {
  readonly train: { readonly source: Matrix32; readonly target: Matrix32; readonly identities: readonly string[] };
  readonly tune: { readonly source: Matrix32; readonly target: Matrix32 };
  readonly test: { readonly source: Matrix32; readonly target: Matrix32 };
}

const shapes: Record<string, Omit<CloudPairOptions, "count">> = {
  "equal widths": { seed: 1, source: 24, target: 24 },
  "a narrower source": { seed: 2, source: 16, target: 24 },
  "a wider source": { seed: 3, source: 24, target: 16 },
  "a source that fills half of its space": { seed: 4, source: 24, target: 24, sourceRank: 12 },
};

describe.each(mapKinds)("map $name", (kind) => {
  describe.each(Object.entries(shapes))("with %s", (_, options) => {
    let parts: Parts;
    let context: FitContext;
    let map: AlignmentMap;
    beforeAll(async () => {
      parts = makeParts(options);
      context = { moments: await momentsOf(parts), tune: parts.tune, engine };
      map = await kind.fit(context);
    });

    it("is a frozen value that says where it comes from", () => {
      expect(Object.isFrozen(map)).toBe(true);
      expect(map.name).toBe(kind.name);
      expect([map.sourceDimension, map.targetDimension]).toEqual([options.source, options.target]);
      expect([map.weights.rows, map.weights.columns]).toEqual([options.source, options.target]);
      expect(map.trainCount).toBe(trainCount);
      expect(map.identities).toEqual([...new Set(parts.train.identities)].sort());
      expect(map.engine).toBe(kind.isBaseline ? null : engine.name);
      expect(map.parameterCount).toBeGreaterThan(0);
      expect(map.rank).toBeLessThanOrEqual(Math.min(options.source, options.target));
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

    it("comes back from JSON with every bit", () => {
      expect(mapFromJson(mapToJson(map))).toEqual(map);
      expect(mapToJson(mapFromJson(mapToJson(map)))).toBe(mapToJson(map));
    });

    it("gives the same bytes twice", async () => {
      const again = await kind.fit({ ...context, moments: await momentsOf(parts) });
      expectClose(again.weights.data, map.weights.data, exact);
    });

    it("does not depend on the order of the pairs", async () => {
      const order = permutation(trainCount, createRandom(9));
      const { source, target, identities } = parts.train;
      const shuffled = await computeMoments(
        takeRows(source, order),
        takeRows(target, order),
        Array.from(order, (i) => identities[i]),
        { engine },
      );
      const again = await kind.fit({ ...context, moments: shuffled });
      expectClose(again.weights.data, map.weights.data, conditioned(1e5));
    });

    it("maps a subset of rows to the subset of the mapped rows", async () => {
      const some = [3, 50, 7];
      const subset = await applyMap(map, takeRows(parts.test.source, some), { engine });
      const whole = takeRows(await applyMap(map, parts.test.source, { engine }), some);
      expectClose(subset.data, whole.data, rounding32);
    });

    it("adds the target's training mean in the raw frame", async () => {
      const centred = await applyMap(map, parts.test.source, { engine });
      const raw = await applyMap(map, parts.test.source, { frame: "raw", engine });
      const expected = centred.data.map((value, k) => value + map.targetMean[k % options.target]);
      expectClose(raw.data, expected, rounding32);
    });

    it("brings test rows closer to their targets than to others', unless it is a baseline", async () => {
      const { cosine, control } = await cosines(map, parts.test);
      expect(Math.abs(control)).toBeLessThan(sampled(parts.test.source.rows).absolute);
      if (!kind.isBaseline) expect(cosine).toBeGreaterThan(0.6);
    });

    it("falls to chance on test rows when the pairs were shuffled", async () => {
      const order = permutation(trainCount, createRandom(10));
      const { source, target, identities } = parts.train;
      const shuffled = await computeMoments(source, takeRows(target, order), identities, { engine });
      const { cosine } = await cosines(await kind.fit({ ...context, moments: shuffled }), parts.test);
      expect(Math.abs(cosine)).toBeLessThan(0.2);
    });
  });

  it("is not worse than the identity on its training rows where the identity is the answer", async () => {
    const { source, identities } = cloudPair({ seed: 5, count, source: 20, target: 20 });
    const moments = await computeMoments(source, source, identities, { engine });
    const map = await kind.fit({ moments, tune: { source, target: source }, engine });
    const { cosine } = await cosines(map, { source, target: source });
    expectCloseTo(cosine, 1, { ...conditioned(1), absolute: 1e-6 });
  });
});

function makeParts(options: Omit<CloudPairOptions, "count">): Parts {
  const pair = cloudPair({ ...options, count, noise: 0.3 });
  const part = (first: number, last: number): { source: Matrix32; target: Matrix32; identities: readonly string[] } => {
    const indices = Array.from({ length: last - first }, (_, i) => first + i);
    return {
      source: normaliseRows(takeRows(pair.source, indices)),
      target: normaliseRows(takeRows(pair.target, indices)),
      identities: pair.identities.slice(first, last),
    };
  };
  return { train: part(0, trainCount), tune: part(trainCount, trainCount + tuneCount), test: part(trainCount + tuneCount, count) };
}

function momentsOf({ train }: Parts): Promise<Moments> {
  return computeMoments(train.source, train.target, train.identities, { engine });
}

/** Mean centred cosine of mapped rows to their own targets, and to those of another identity. */
async function cosines(
  map: AlignmentMap,
  { source, target }: { readonly source: Matrix32; readonly target: Matrix32 },
): Promise<{ cosine: number; control: number }> {
  const mapped = normaliseRows(await applyMap(map, source, { engine }));
  const q = target.columns;
  const centred = normaliseRows(
    matrix32(
      target.rows,
      q,
      target.data.map((value, k) => value - map.targetMean[k % q]),
    ),
  );
  let own = 0;
  let other = 0;
  for (let i = 0; i < mapped.rows; i++) {
    const shifted = (i + 40) % mapped.rows;
    for (let j = 0; j < q; j++) {
      own += mapped.data[i * q + j] * centred.data[i * q + j];
      other += mapped.data[i * q + j] * centred.data[shifted * q + j];
    }
  }
  return { cosine: own / mapped.rows, control: other / mapped.rows };
}
