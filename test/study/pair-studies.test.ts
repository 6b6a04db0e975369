import { describe, expect, it } from "vitest";
import { ValueError } from "../../lib/core/errors.js";
import { createRandom } from "../../lib/core/random.js";
import { createOnnxEngine } from "../../lib/linalg/onnx.js";
import { compareUpgrade } from "../../lib/study/compare-upgrade.js";
import { fusePair } from "../../lib/study/fuse-pair.js";
import { measureSeparation, type SeparationValue } from "../../lib/study/identity-separation.js";
import { prepareStudy } from "../../lib/study/prepare-study.js";
import { resampleCompatibility } from "../../lib/study/resample-compatibility.js";
import type { ResultRow } from "../../lib/study/result-row.js";
import { retrieve } from "../../lib/study/retrieve.js";
import { runStudy } from "../../lib/study/run-study.js";
import { orderedPairs, type StudyContext, type StudySpec } from "../../lib/study/study-spec.js";
import { syntheticEmbeddings, syntheticFaces, syntheticManifest } from "./synthetic-networks.js";

const faces = syntheticFaces("lfw", 120, 4, 1);
const widths: Readonly<Record<string, number>> = { narrow: 6, middle: 12, wide: 24 };
const context: StudyContext = {
  load: (encoder) => Promise.resolve(syntheticEmbeddings(encoder, widths[encoder], faces)),
  faceSets: [syntheticManifest("lfw")],
  overlap: [],
  engine: createOnnxEngine({ threads: 1 }),
};
const where = { fitSet: "lfw", testSet: "lfw", seed: 0 };
const pair = { source: "middle", target: "narrow" };
const spec: StudySpec = { experiment: "pair", pairs: [pair], maps: ["native", "ridge"], ...where, frames: ["centred"] };
const rowsOfRecord = (await runStudy(spec, context)).rows;
const valueOf = (map: string, metric: string): number => rowsOfRecord.find((row) => row.map === map && row.metric === metric)!.value;

describe("retrieve", () => {
  const shown = retrieve({ ...pair, ...where, map: "ridge", probeCount: 12, listLength: 4 }, context);

  it("lists the gallery's best with the mate marked where its rank says", async () => {
    const found = await shown;
    expect(found).toHaveLength(12);
    for (const { probe, rankBefore, rankAfter, before, after } of found) {
      for (const [list, rank] of [[before, rankBefore], [after, rankAfter]] as const) {
        expect(list.map(({ score }) => score)).toEqual(list.map(({ score }) => score).toSorted((one, other) => other - one));
        expect(list.findIndex(({ isMate }) => isMate)).toBe(rank <= 4 ? rank - 1 : -1);
        for (const { identity, image, isMate } of list) expect([isMate, image === probe.image]).toEqual([identity === probe.identity, false]);
      }
    }
  }); // prettier-ignore

  it("shows failures for half of the probes, and the same ones again", async () => {
    const found = await shown;
    expect(found.filter(({ rankAfter }) => rankAfter > 1)).toHaveLength(6);
    expect(await retrieve({ ...pair, ...where, map: "ridge", probeCount: 12, listLength: 4 }, context)).toEqual(found);
  });

  it("refuses more probes than there are", async () => {
    const asked = retrieve({ ...pair, ...where, map: "ridge", probeCount: 1000 }, context);
    await expect(asked).rejects.toThrow(ValueError);
    await expect(asked).rejects.toThrow("retrieve: got 1000 probes; ask for a whole number from 1 to 108");
  });
});

describe("compareUpgrade", () => {
  it("takes its figures from the old network, the adapter and the new network, as the study measures them", async () => {
    const { figures, helps, keeps } = await compareUpgrade({ ...pair, ...where, map: "ridge" }, context);
    expect(figures.map(({ metric }) => metric)).toEqual(["rank1", "tmr@fmr=1e-2", "tmr@fmr=1e-3"]);
    const renewed = await runStudy({ ...spec, pairs: [{ source: "narrow", target: "middle" }], maps: ["native"] }, context);
    for (const { metric, before, adapted, enrolledAgain, change, low, high, updateGain } of figures) {
      const again = renewed.rows.find((row) => row.metric === metric);
      expect([before, adapted]).toEqual([valueOf("native", metric), valueOf("ridge", metric)]);
      if (again !== undefined) expect(enrolledAgain).toBe(again.value);
      expect(change).toBe(adapted - before);
      expect(low <= change && change <= high).toBe(true);
      if (enrolledAgain > before) expect(updateGain).toBeCloseTo(change / (enrolledAgain - before), 12);
      else expect(updateGain).toBeNull();
    }
    expect(helps).toBe(figures[0].updateGain !== null && figures[0].low > 0);
    expect(keeps).toBe(figures[2].change >= -0.01);
  });

  it("sees no change where the new network is the old one by another name", async () => {
    const twin: StudyContext = { ...context, load: (encoder) => Promise.resolve({ ...syntheticEmbeddings("middle", 12, faces), encoder }) };
    const { figures, helps, keeps } = await compareUpgrade({ source: "copy", target: "middle", ...where, map: "procrustes" }, twin);
    for (const { change, low, high, updateGain } of figures) expect([change, low, high, updateGain]).toEqual([0, 0, 0, null]);
    expect([helps, keeps]).toEqual([false, true]);
  });
});

describe("fusePair", () => {
  const figures = fusePair({ ...pair, ...where, map: "ridge" }, context);

  it("has the native and the mapped system as the study measures them, and gains over the native one", async () => {
    const found = await figures;
    for (const metric of ["rank1", "tmr@fmr=1e-2", "tmr@fmr=1e-3"]) {
      const own = Object.fromEntries(found.filter((figure) => figure.metric === metric).map((figure) => [figure.method, figure]));
      expect([own.native.value, own.mapped.value]).toEqual([valueOf("native", metric), valueOf("ridge", metric)]);
      expect([own.native.gain, own.native.low, own.native.high]).toEqual([0, 0, 0]);
      for (const { value, gain, low, high } of Object.values(own)) {
        expect(gain).toBeCloseTo(value - own.native.value, 12);
        expect(low <= gain && gain <= high).toBe(true);
      }
    }
  });

  it("finds that two networks with noise of their own know more than one", async () => {
    const rank1 = Object.fromEntries((await figures).filter(({ metric }) => metric === "rank1").map((figure) => [figure.method, figure]));
    for (const method of ["sum", "average"]) expect(rank1[method].value, method).toBeGreaterThan(rank1.native.value);
    expect(rank1.tuned.value).toBeGreaterThanOrEqual(rank1.native.value);
  });
});

describe("resampleCompatibility", () => {
  const networks = ["narrow", "middle"];
  const asked = { experiment: "pair", networks, maps: ["ridge", "zero-pad"], replicateCount: 400, ...where };

  it("measures what the study measures, and moves about it by as much as the interval says", async () => {
    const { rows, replicates } = await resampleCompatibility(asked, createRandom(3), context);
    const study = await runStudy({ ...spec, pairs: orderedPairs(networks), maps: ["native", "ridge", "zero-pad"], ranks: [1] }, context);
    const inAnyOrder = (some: readonly ResultRow[]): string[] => some.map((row) => JSON.stringify(row)).sort();
    expect(inAnyOrder(rows)).toEqual(inAnyOrder(study.rows));
    for (const { source, target, value, low, high } of rows.filter(({ map, metric }) => map === "ridge" && metric === "rank1")) {
      const [from, to] = [networks.indexOf(source), networks.indexOf(target)];
      const drawn = replicates.get("ridge")!.map(({ values }) => values.data[2 * from + to]);
      const mean = drawn.reduce((sum, one) => sum + one, 0) / drawn.length;
      const deviation = Math.sqrt(drawn.reduce((sum, one) => sum + (one - mean) ** 2, 0) / drawn.length);
      expect(Math.abs(mean - value)).toBeLessThan((5 * deviation) / Math.sqrt(drawn.length));
      expect(deviation).toBeGreaterThan((high! - low!) / 8);
      expect(deviation).toBeLessThan((high! - low!) / 2.5);
    }
    expect(replicates.get("zero-pad")!.map((drawn) => drawn.networks)).toEqual(Array.from({ length: 400 }, () => networks));
    expect(replicates.get("zero-pad")!.map(({ native }) => native)).toEqual(replicates.get("ridge")!.map(({ native }) => native));
  });

  it("refuses a single network", async () => {
    await expect(resampleCompatibility({ ...asked, networks: ["narrow"] }, createRandom(0), context)).rejects.toThrow(
      "resampleCompatibility: got 1 networks and 400 replicates; it needs at least two of both",
    );
  });
});

describe("measureSeparation", () => {
  const noisy: StudyContext = {
    ...context,
    load: async (encoder) => {
      const set = await context.load(encoder, "lfw");
      const random = createRandom(9);
      const data = set.embeddings.data.map((value) => value + 3 * random.normal());
      return { ...set, embeddings: { ...set.embeddings, data } };
    },
  };
  const separation = async (from: StudyContext): Promise<SeparationValue[]> =>
    measureSeparation("middle", await prepareStudy({ pairs: [pair], ...where }, from), from);

  it("gives the study's own true match rate, and falls by every measure when rows are noisy", async () => {
    const [clear, blurred] = [await separation(context), await separation(noisy)];
    const native = (await runStudy({ ...spec, pairs: [{ source: "narrow", target: "middle" }], maps: ["native"] }, context)).rows;
    expect(clear[0]).toEqual({ metric: "tmr@fmr=1e-2", value: native.find(({ metric }) => metric === "tmr@fmr=1e-2")!.value });
    expect(clear.map(({ metric }) => metric)).toEqual(["tmr@fmr=1e-2", "d-prime", "fisher-ratio", "silhouette"]);
    for (const [i, { metric, value }] of clear.entries()) expect(blurred[i].value, metric).toBeLessThan(value);
  });
});
