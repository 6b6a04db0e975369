import { describe, expect, it } from "vitest";
import { ValueError } from "../../lib/core/errors.js";
import { matrix32, type Matrix32 } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";
import { createOnnxEngine } from "../../lib/linalg/onnx.js";
import { prepareProtection, type TemplateProtection } from "../../lib/study/protect-templates.js";

const engine = createOnnxEngine({ threads: 1 });
const random = createRandom(1);
/** Cosines with the first row are spread evenly from −14/15 to 14/15, give or take what 64 coordinates leave to chance. */
const rows = matrix32(30, 64);
for (let i = 0; i < 30; i++) {
  const share = i === 0 ? 0 : (i - 15) / 15;
  for (let k = 0; k < 64; k++) rows.data[i * 64 + k] = share * rows.data[k] + Math.sqrt(1 - share ** 2) * random.normal();
}
const protect = async (protection: TemplateProtection, secret: number): Promise<Matrix32> =>
  (await prepareProtection(protection, 64, secret, { engine }))(rows);

/** Cosines of the first row with the others. */
function cosines({ rows: count, columns, data }: Matrix32): number[] {
  const dot = (i: number, j: number): number => {
    let sum = 0;
    for (let k = 0; k < columns; k++) sum += data[i * columns + k] * data[j * columns + k];
    return sum;
  };
  return Array.from({ length: count }, (_, i) => dot(0, i) / Math.sqrt(dot(0, 0) * dot(i, i)));
}
const furthest = (one: number[], other: number[]): number => Math.max(...one.map((value, i) => Math.abs(value - other[i])));

describe("prepareProtection", () => {
  it("keeps all cosines under a secret rotation, and none between two secrets", async () => {
    const [one, other] = [await protect("rotation", 1), await protect("rotation", 2)];
    expect(furthest(cosines(one), cosines(rows))).toBeLessThan(1e-5);
    const between = matrix32(2, 64, Float32Array.from([...one.data.subarray(0, 64), ...other.data.subarray(0, 64)]));
    expect(Math.abs(cosines(between)[1])).toBeLessThan(0.5);
  });

  it.each<[TemplateProtection, number, number]>([
    ["none", 64, 0],
    ["projection", 32, 0.5],
    ["sign-hash", 512, 0.2],
    ["quantisation", 64, 0.2],
    ["subset", 32, 0.5],
  ])("%s keeps %i numbers a template and cosines within %f", async (protection, width, within) => {
    const kept = await protect(protection, 1);
    expect([kept.rows, kept.columns]).toEqual([30, width]);
    // the cosine of signs is 1 − 2 angle / π
    const expected = cosines(rows).map((value) => (protection === "sign-hash" ? 1 - (2 * Math.acos(Math.min(1, value))) / Math.PI : value));
    expect(furthest(cosines(kept), expected)).toBeLessThanOrEqual(within);
  });

  it("keeps a sign for each hashed bit, and four levels of each quantised coordinate", async () => {
    expect(new Set((await protect("sign-hash", 1)).data)).toEqual(new Set([-1, 1]));
    expect(new Set((await protect("quantisation", 1)).data).size).toBe(4);
  });

  it.each<TemplateProtection>(["rotation", "projection", "sign-hash", "subset"])("%s depends on its secret alone", async (protection) => {
    expect((await protect(protection, 1)).data).toEqual((await protect(protection, 1)).data);
    expect((await protect(protection, 1)).data).not.toEqual((await protect(protection, 2)).data);
  });

  it("needs two coordinates", async () => {
    await expect(prepareProtection("subset", 1, 0, { engine })).rejects.toThrow(ValueError);
    await expect(prepareProtection("subset", 1, 0, { engine })).rejects.toThrow(
      "prepareProtection: got rows of width 1; it needs at least two coordinates",
    );
  });
});
