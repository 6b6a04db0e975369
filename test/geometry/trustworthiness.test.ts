import { describe, expect, it } from "vitest";
import { ShapeError, ValueError } from "../../lib/core/errors.js";
import { matrix32, toFloat32 } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";
import { measurePicture } from "../../lib/geometry/index.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { algebra, exact, expectClose, sampled } from "../close.js";
import { gaussian } from "../synthetic.js";
import { golden } from "./pictures.js";

const engine = await chooseEngine();

describe("measurePicture", () => {
  const points = matrix32(60, 8, Float32Array.from(golden.points));
  const cases = Object.entries(golden.pictures).flatMap(([name, picture]) =>
    picture.quality.map((quality) => ({ name, picture, quality })),
  );

  it.each(cases)(
    "is scikit-learn's trustworthiness, both ways round ($name, $quality.neighbours neighbours)",
    async ({ picture, quality }) => {
      const places = matrix32(60, picture.dimensions, Float32Array.from(picture.places));
      const found = await measurePicture(points, places, { neighbours: quality.neighbours, engine });
      expectClose([found.trustworthiness, found.continuity], [quality.trustworthiness, quality.continuity], {
        ...algebra,
        relative: 1e-12,
      });
    },
  );

  it("by hand: of a line 0 1 2 3 4 drawn with its ends together, the ends trust neighbours of rank 4", async () => {
    //   points   0 1 2 3 4      picture   0 4 . 1 . . 2 . . . 3
    // The nearest in the picture: 0→4 (rank 4), 4→0 (rank 4), 1→4 (rank 4: 0, 2 and 3 are nearer), 2→1 (rank 1), 3→2 (rank 1).
    const line = matrix32(5, 1, Float32Array.of(0, 1, 2.1, 3.3, 4.6));
    const picture = matrix32(5, 1, Float32Array.of(0, 3, 6, 10, 1));
    const { trustworthiness } = await measurePicture(line, picture, { neighbours: 1, engine });
    expectClose([trustworthiness], [1 - (2 / (5 * 1 * (10 - 3 - 1))) * (3 + 3 + 3)], algebra);
  });

  it("is 1 of a picture that is turned, and near a half of one that knows nothing (seed 2)", async () => {
    const random = createRandom(2);
    const cloud = toFloat32(gaussian(400, 2, random));
    const turned = matrix32(400, 2, cloud.data.map((_, k) => (k % 2 === 0 ? -cloud.data[k + 1] : cloud.data[k - 1]))); // prettier-ignore
    const { trustworthiness, continuity } = await measurePicture(cloud, turned, { engine });
    expectClose([trustworthiness, continuity], [1, 1], exact);
    const unrelated = await measurePicture(cloud, toFloat32(gaussian(400, 2, random)), { engine });
    expectClose([unrelated.trustworthiness], [0.5], sampled(4000));
  });

  it("refuses counts that disagree or are too few, and what is not finite", async () => {
    const cloud = toFloat32(gaussian(9, 2, createRandom(0)));
    await expect(measurePicture(cloud, toFloat32(gaussian(8, 2, createRandom(0))), { engine })).rejects.toThrow(
      new ShapeError("measurePicture: got 9 points and 8 places; row i of both must be the same point"),
    );
    await expect(measurePicture(cloud, cloud, { neighbours: 5, engine })).rejects.toThrow(
      new ValueError("measurePicture: got 5 neighbours of 9 points; give a whole number from 1 to below half the points"),
    );
    await expect(measurePicture(cloud, { ...cloud, data: cloud.data.with(3, NaN) }, { neighbours: 2, engine })).rejects.toThrow(
      "measurePicture: picture: row 1, column 1 is NaN",
    ); // prettier-ignore
  });
});
