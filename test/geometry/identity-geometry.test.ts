import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fitProcrustes, invertMap, zeroPad } from "../../lib/align/index.js";
import { ShapeError, ValueError } from "../../lib/core/errors.js";
import { matrix32, matrix64, takeRows } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";
import { identitySubspace, measureCycle, measureTriangle, principalAngles, residualByIdentity } from "../../lib/geometry/index.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { made } from "../align/fitted.js";
import { algebra, exact, expectClose, expectCloseTo } from "../close.js";
import { gaussian, multiply } from "../synthetic.js";

const golden = JSON.parse(readFileSync(new URL("../golden/map-geometry.json", import.meta.url), "utf8")) as {
  readonly angles: readonly {
    readonly rows: number;
    readonly first: readonly number[];
    readonly second: readonly number[];
    readonly angles: readonly number[];
  }[];
  readonly identity: {
    readonly owners: readonly number[];
    readonly source: readonly number[];
    readonly target: readonly number[];
    readonly angles: readonly number[];
    readonly meanShare: number;
    readonly betweenShare: number;
    readonly shares: readonly number[];
  };
};
const engine = await chooseEngine();
const columnsOf = (rows: number, data: readonly number[]) => matrix64(rows, data.length / rows, Float64Array.from(data));
const people = golden.identity.owners.map((owner) => `made/${owner}`);
const [source, target] = [golden.identity.source, golden.identity.target].map((data) =>
  matrix32(people.length, 8, Float32Array.from(data)),
);

describe("principalAngles", () => {
  it.each(golden.angles.map((entry, i) => ({ ...entry, i })))("are scipy.linalg.subspace_angles ($i)", async ({ rows, first, second, angles }) => {
    const found = await principalAngles(columnsOf(rows, first), columnsOf(rows, second), { engine });
    expectClose(found, angles, { ...algebra, absolute: 1e-14 });
  }); // prettier-ignore

  it("by hand: the xy-plane and one that is lifted by 30° about the x-axis share x", async () => {
    const plane = matrix64(3, 2, Float64Array.of(1, 0, 0, 1, 0, 0));
    const lifted = matrix64(3, 2, Float64Array.of(1, 0, 0, Math.cos(Math.PI / 6), 0, Math.sin(Math.PI / 6)));
    expectClose(await principalAngles(plane, lifted, { engine }), [0, Math.PI / 6], algebra);
  });

  it("do not depend on the order of the spans or on their bases", async () => {
    const random = createRandom(1);
    const [first, second] = [gaussian(7, 3, random), gaussian(7, 2, random)];
    const angles = await principalAngles(first, second, { engine });
    expectClose(await principalAngles(second, multiply(first, gaussian(3, 3, random)), { engine }), angles, algebra);
  });

  it("refuses spans of different spaces, and what spans none", async () => {
    await expect(principalAngles(matrix64(3, 1), matrix64(2, 1), { engine })).rejects.toThrow(
      new ShapeError("principalAngles: got columns of 3 and 2 entries; both spans must lie in one space"),
    );
    await expect(principalAngles(matrix64(3, 2), matrix64(3, 1), { engine })).rejects.toThrow(
      new ValueError("principalAngles: the 3 × 2 matrix is zero; it spans no space"),
    );
    await expect(principalAngles(matrix64(1, 1, Float64Array.of(NaN)), matrix64(1, 1), { engine })).rejects.toThrow(
      "principalAngles: row 0, column 0 is NaN",
    );
  });
});

describe("identitySubspace", () => {
  it("is the top eigenspace of the scatter between identities, as NumPy has it", async () => {
    const [first, second] = [
      await identitySubspace(source, people, { rank: 3, engine }),
      await identitySubspace(target, people, { rank: 3, engine }),
    ];
    expectClose(await principalAngles(first, second, { engine }), golden.identity.angles, { ...algebra, relative: 1e-9 });
  });

  it("refuses more directions than identities differ in, and counts that disagree", async () => {
    await expect(identitySubspace(source, people, { rank: 9, engine })).rejects.toThrow(
      new ValueError("identitySubspace: got rank 9; 30 identities differ in 8 directions, so give a whole number from 1 to 8"),
    );
    await expect(identitySubspace(source, people.slice(1), { rank: 1, engine })).rejects.toThrow(
      new ShapeError(`identitySubspace: got ${people.length} rows and ${people.length - 1} identities; pass the identity of every row`),
    );
    await expect(identitySubspace(matrix32(0, 2), [], { rank: 1, engine })).rejects.toThrow(
      new ValueError("identitySubspace: got no rows; pass at least one"),
    );
  });
});

describe("residualByIdentity", async () => {
  const { moments } = await made({ seed: 1, count: 40, source: 8, target: 8 });
  const stay = { ...zeroPad(moments), sourceMean: new Float64Array(8), targetMean: new Float64Array(8) };

  it("divides the residual among people as NumPy does", async () => {
    const found = await residualByIdentity(stay, { source, target }, people, { engine });
    expectClose([found.meanShare, found.betweenShare], [golden.identity.meanShare, golden.identity.betweenShare], algebra);
    const shares = golden.identity.shares.map((_, owner) => found.identities.find(({ identity }) => identity === `made/${owner}`)!.share);
    expectClose(shares, golden.identity.shares, algebra);
    expect(found.identities.map(({ share }) => share)).toEqual(golden.identity.shares.map(() => expect.any(Number) as number));
    expectCloseTo(found.betweenByChance, 29 / (people.length - 1), exact);
    const ordered = found.identities.map(({ share }) => share);
    expect(ordered).toEqual([...ordered].sort((one, other) => other - one));
    const weighted = found.identities.reduce((sum, { relative, count }) => sum + (relative * count) / people.length, 0);
    expectCloseTo(weighted, 1, algebra);
  });

  it("finds the person whose images moved", async () => {
    const { pair, moments: own } = await made({ seed: 2, count: 80, source: 8, target: 8, noise: 0.1 });
    const map = await fitProcrustes(own, { engine });
    const moved = takeRows(
      pair.target,
      Array.from({ length: 80 }, (_, i) => i),
    );
    for (let i = 12; i < 16; i++) for (let j = 0; j < 8; j++) moved.data[i * 8 + j] += 2;
    const found = await residualByIdentity(map, { source: pair.source, target: moved }, pair.identities, { engine });
    expect(found.identities[0]).toMatchObject({ identity: "made/3", count: 4 });
    expect(found.betweenShare).toBeGreaterThan(0.9);
  });

  it("refuses rows that are not paired, one person, and residuals without variance", async () => {
    const look = (rows: Parameters<typeof residualByIdentity>[1], names = people) => residualByIdentity(stay, rows, names, { engine });
    await expect(look({ source, target: takeRows(target, [0]) })).rejects.toThrow(
      new ShapeError(`residualByIdentity: got rows of ${people.length} × 8 and 1 × 8; they must be paired and of widths 8 and 8`),
    );
    await expect(look({ source, target }, people.map(() => "made/0"))).rejects.toThrow(
      new ValueError("residualByIdentity: got one identity, made/0; what lies between people needs at least two"),
    ); // prettier-ignore
    await expect(look({ source, target: source })).rejects.toThrow(
      new ValueError(`residualByIdentity: the ${people.length} residuals are all equal; there is no variance to divide among people`),
    );
    const broken = takeRows(source, people.map((_, i) => i)); // prettier-ignore
    broken.data[8] = Infinity;
    await expect(look({ source: broken, target })).rejects.toThrow("residualByIdentity: source: row 1, column 0 is Infinity");
    await expect(look({ source, target: broken })).rejects.toThrow("residualByIdentity: target: row 1, column 0 is Infinity");
  });
});

describe("chains of maps", async () => {
  const { pair, moments } = await made({ seed: 4, count: 80, source: 6, target: 4, noise: 0.2 });
  const map = await fitProcrustes(moments, { engine });
  const back = await invertMap(map, { engine });

  it("come back as far as the narrow space holds them", async () => {
    const there = await measureCycle(back, map, pair.target, { engine });
    expectClose([there.residual, there.cosine], [0, 1], { ...algebra, absolute: 1e-9 });
    const lost = await measureCycle(map, back, pair.source, { engine });
    expect(lost.residual).toBeGreaterThan(0.1);
    expectCloseTo(lost.residual, await droppedShare(), { ...algebra, relative: 1e-6 });
  });

  it("agree with the straight way exactly when they are the straight way", async () => {
    const stay = {
      ...zeroPad(moments),
      weights: matrix64(
        4,
        4,
        Float64Array.from({ length: 16 }, (_, k) => (k % 5 === 0 ? 1 : 0)),
      ),
    };
    const still = { ...stay, sourceDimension: 4, targetDimension: 4, sourceMean: map.targetMean, targetMean: map.targetMean };
    const same = await measureTriangle(map, still, map, pair.source, { engine });
    expectClose([same.residual, same.cosine], [0, 1], { ...algebra, absolute: 1e-9 });
    const other = await measureTriangle(map, still, zeroPad(moments), pair.source, { engine });
    expect(other.residual).toBeGreaterThan(0.5);
  });

  it("refuse ways that end elsewhere", async () => {
    const still = { ...map, sourceDimension: 4, weights: matrix64(4, 4), sourceMean: map.targetMean };
    await expect(measureCycle(map, still, pair.source, { engine })).rejects.toThrow(
      new ShapeError("measureCycle: the way goes from 6 to 4 dimensions; the second map must lead back to the first one's source"),
    );
    await expect(measureTriangle(map, back, map, pair.source, { engine })).rejects.toThrow(
      new ShapeError("measureTriangle: one way goes from 6 to 6 dimensions, the other from 6 to 4; both must start and end together"),
    );
  });

  /** ‖S − S Q Qᵀ‖² / ‖S‖² for the columns Q of the rotation, about the training mean. */
  async function droppedShare(): Promise<number> {
    const { gram, energy } = moments.source;
    const spread = multiply(gram, map.weights);
    const kept = spread.data.reduce((sum, value, k) => sum + value * map.weights.data[k], 0);
    return Promise.resolve(1 - kept / energy);
  }
});
