import { describe, expect, it } from "vitest";
import { ShapeError } from "../../lib/core/errors.js";
import { takeRows } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";
import { findNeighbours, mapCloud, measurePicture, principalComponents } from "../../lib/geometry/index.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { expectClose, rounding32 } from "../close.js";
import { groups } from "./pictures.js";

const engine = await chooseEngine();
const cloud = groups(3, 20, 12, 1);

describe("mapCloud", () => {
  it.each([2, 3] as const)("keeps neighbours and groups together in %i dimensions", async (dimensions) => {
    const picture = await mapCloud(cloud, { dimensions, random: createRandom(1), engine });
    const { indices } = await findNeighbours(picture, 5, { engine, nearness: "euclidean" });
    expect(indices.filter((other, k) => Math.floor(other / 20) !== Math.floor(k / 5 / 20)).length).toBe(0);
    expect((await measurePicture(cloud, picture, { engine })).trustworthiness).toBeGreaterThan(0.9);
  });

  it("gives the same bytes for the same seed, and others for another", async () => {
    const some = takeRows(
      cloud,
      Array.from({ length: 20 }, (_, i) => i),
    );
    const draw = async (seed: number) => (await mapCloud(some, { dimensions: 2, random: createRandom(seed), engine })).data;
    const first = await draw(3);
    expect(await draw(3)).toEqual(first);
    expect(await draw(4)).not.toEqual(first);
  });

  it("stops when it is told to, also in the midst of its epochs", async () => {
    const stopped = new AbortController();
    let draws = 0;
    const random = createRandom(0);
    const counting = { ...random, uniform: () => { if (++draws === 5000) stopped.abort(); return random.uniform(); } }; // prettier-ignore
    const running = mapCloud(cloud, { dimensions: 2, random: counting, engine, signal: stopped.signal });
    await expect(running).rejects.toMatchObject({ name: "AbortError" });
  });

  it("refuses fewer points than neighbours", async () => {
    const few = takeRows(
      cloud,
      Array.from({ length: 15 }, (_, i) => i),
    );
    await expect(mapCloud(few, { dimensions: 2, random: createRandom(0), engine })).rejects.toThrow(
      new ShapeError("mapCloud: got 15 points and 15 neighbours; give more points, or fewer neighbours"),
    );
  });
});

describe("principalComponents", () => {
  it("keep distances when all are kept, widest first", async () => {
    const components = await principalComponents(cloud, 12, engine);
    const energies = Array.from({ length: 12 }, (_, j) =>
      components.data.reduce((sum, value, k) => sum + (k % 12 === j ? value * value : 0), 0),
    );
    expect(energies).toEqual([...energies].sort((one, other) => other - one));
    const distances = async (rows: typeof cloud) => (await findNeighbours(rows, 59, { engine, nearness: "euclidean" })).values;
    expectClose(await distances(components), await distances(cloud), { ...rounding32, relative: 1e-5 });
  });
});
