import { describe, expect, it } from "vitest";
import { allMapKinds, applyMap, computeMoments, findMapKind, mapKinds, normaliseRows, zeroPad } from "../../lib/align/index.js";
import { ShapeError, ValueError } from "../../lib/core/errors.js";
import { matrix32, takeRows } from "../../lib/core/matrix.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { exact, expectClose, rounding32 } from "../close.js";
import { cloudPair } from "../synthetic.js";

const engine = await chooseEngine();
const pair = cloudPair({ seed: 1, count: 12, source: 2, target: 3 });
const moments = await computeMoments(pair.source, pair.target, pair.identities, { engine });

describe("applyMap", () => {
  it("takes the source mean off, multiplies, and adds the target mean in the raw frame", async () => {
    const map = { ...zeroPad(moments), sourceMean: Float64Array.of(1, 2), targetMean: Float64Array.of(10, 20, 30) };
    const rows = matrix32(2, 2, Float32Array.of(1, 2, 4, 8));
    expectClose((await applyMap(map, rows, { engine })).data, [0, 0, 0, 3, 6, 0], exact);
    expectClose((await applyMap(map, rows, { frame: "raw", engine })).data, [10, 20, 30, 13, 26, 30], exact);
  });

  it("maps more rows than a block holds", async () => {
    const indices = Array.from({ length: 2100 }, (_, i) => i % 12);
    const mapped = await applyMap(zeroPad(moments), takeRows(pair.source, indices), { frame: "raw", engine });
    const once = await applyMap(zeroPad(moments), pair.source, { frame: "raw", engine });
    expectClose(mapped.data, takeRows(once, indices).data, rounding32);
  });

  it("refuses another width, no rows, and values that are not finite", async () => {
    const map = zeroPad(moments);
    await expect(applyMap(map, pair.target, { engine })).rejects.toThrow(
      new ShapeError("applyMap: got rows of width 3; the map goes from 2 to 3, so pass rows of its source network"),
    );
    await expect(applyMap(map, matrix32(0, 2), { engine })).rejects.toThrow(new ValueError("applyMap: got no rows; pass at least one"));
    await expect(applyMap(map, matrix32(1, 2, Float32Array.of(1, NaN)), { engine })).rejects.toThrow(
      /^applyMap: row 0, column 1 is NaN; every value must be finite/,
    );
  });
});

describe("normaliseRows", () => {
  it("gives rows of unit length and leaves its argument alone", () => {
    const rows = matrix32(2, 2, Float32Array.of(3, 4, 0, -2));
    expectClose(normaliseRows(rows).data, Float32Array.of(0.6, 0.8, 0, -1), exact);
    expectClose(rows.data, [3, 4, 0, -2], exact);
  });

  it("refuses a row of zero length, and values that are not finite", () => {
    expect(() => normaliseRows(matrix32(2, 2, Float32Array.of(1, 0, 0, 0)))).toThrow(
      new ValueError("normaliseRows: row 1 has zero length; it has no direction, so leave it out"),
    );
    expect(() => normaliseRows(matrix32(1, 2, Float32Array.of(1, Infinity)))).toThrow(/^normaliseRows: row 0, column 1 is Infinity/);
  });
});

describe("findMapKind", () => {
  it("finds every map by its name", () => {
    expect(mapKinds.map((kind) => kind.name)).toEqual(["least-squares", "ridge", "procrustes", "zero-pad"]);
    expect(allMapKinds.slice(0, 4)).toEqual(mapKinds);
    expect(new Set(allMapKinds.map((kind) => kind.name)).size).toBe(allMapKinds.length);
    for (const kind of allMapKinds) expect(findMapKind(kind.name)).toBe(kind);
  });

  it("lists the names when there is none of that name", () => {
    expect(() => findMapKind("magic")).toThrow(
      new ValueError(`findMapKind: there is no map "magic"; choose one of ${allMapKinds.map((kind) => kind.name).join(", ")}`),
    );
  });
});
