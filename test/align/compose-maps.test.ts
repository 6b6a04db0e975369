import { describe, expect, it } from "vitest";
import { applyMap, composeMaps, fitLinear, fitProcrustes, fitRidge, truncate, zeroPad } from "../../lib/align/index.js";
import { ShapeError, ValueError } from "../../lib/core/errors.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { algebra, exact, expectClose } from "../close.js";
import { transposed } from "../synthetic.js";
import { made } from "./fitted.js";

const engine = await chooseEngine();
const forward = await made({ seed: 1, count: 80, source: 6, target: 5, noise: 0.3 });
const onward = await made({ seed: 2, count: 60, source: 5, target: 7, noise: 0.3 });
const first = await fitRidge(forward.moments, { ratio: 1e-2, engine });
const second = await fitRidge(
  { ...onward.moments, identities: new Set([...onward.moments.identities].map((name) => name.replace("made", "other"))) },
  { ratio: 1e-2, engine },
);

describe("composeMaps", () => {
  it("is one map after the other, also where they were fitted about different means", async () => {
    const both = await composeMaps(first, second, { engine });
    const rows = forward.pair.source;
    const between = await applyMap(first, rows, { frame: "raw", engine });
    const step = await applyMap(second, between, { frame: "raw", engine });
    const once = await applyMap(both, rows, { frame: "raw", engine });
    expectClose(once.data, step.data, { ...algebra, reason: "rows in between are float32", absolute: 1e-5 });
    expect([both.sourceDimension, both.targetDimension, both.rank]).toEqual([6, 7, 5]);
  });

  it("knows the identities of both, sorted and once each", async () => {
    const { identities, trainCount, name, objective } = await composeMaps(first, second, { engine });
    expect(identities).toEqual([...new Set([...first.identities, ...second.identities])].sort());
    expect(identities.length).toBe(20 + 15);
    expect([name, trainCount]).toEqual(["ridge-then-ridge", 140]);
    expect(objective).toBe(`${first.objective}; then ${second.objective}`);
  });

  it("keeps the target mean where one map ends where the other begins", async () => {
    const back = { ...second, sourceMean: first.targetMean };
    expectClose((await composeMaps(first, back, { engine })).targetMean, second.targetMean, exact);
  });

  it("of a rotation and its transpose moves nothing", async () => {
    const { moments } = await made({ seed: 3, count: 40, source: 4, target: 4 });
    const map = await fitProcrustes(moments, { engine });
    const back = { ...map, weights: transposed(map.weights), sourceMean: map.targetMean, targetMean: map.sourceMean };
    expectClose((await composeMaps(map, back, { engine })).weights.data, [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], algebra);
  });

  it("takes no mean off when neither map does", async () => {
    const { moments } = await made({ seed: 4, count: 40, source: 4, target: 4 });
    const linear = await fitLinear(moments, { engine });
    expect((await composeMaps(linear, linear, { engine })).frame).toBe("raw");
    expect((await composeMaps(linear, await fitProcrustes(moments, { engine }), { engine })).frame).toBe("centred");
  });

  it("refuses maps that do not follow one another", async () => {
    await expect(composeMaps(second, second, { engine })).rejects.toThrow(
      new ShapeError("composeMaps: ridge leads to 7 dimensions and ridge starts from 5; the second must start from the first one's target"),
    );
    await expect(composeMaps(zeroPad(forward.moments), truncate(onward.moments), { engine })).rejects.toThrow(
      new ValueError(
        "composeMaps: truncate compares source and target in a third space; only maps into the target's can follow one another",
      ),
    );
  });
});
