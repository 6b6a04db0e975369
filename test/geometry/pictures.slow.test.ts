import { expect, test } from "vitest";
import { normaliseRows } from "../../lib/align/index.js";
import { takeRows } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";
import { mapCloud, mapCloudTsne, measurePicture } from "../../lib/geometry/index.js";
import { openStudy } from "../../lib/study/index.js";

// What `npm run bench geometry tsne` measured of the same rows by scikit-learn 1.9.1 and umap-learn 0.5.12.
test.each([
  ["t-SNE", mapCloudTsne, 0.9651],
  ["UMAP", mapCloud, 0.9245],
] as const)("%s of 2,000 faces can be believed as far as the reference's, less 0.02", async (_, draw, reference) => {
  const { load, engine } = await openStudy();
  const { embeddings } = await load("face_edgeface_xxs", "lfw");
  const points = normaliseRows(
    takeRows(
      embeddings,
      Array.from({ length: 2000 }, (_, i) => i),
    ),
  );
  const picture = await draw(points, { dimensions: 2, random: createRandom(0), engine });
  const { trustworthiness } = await measurePicture(points, picture, { neighbours: 5, engine });
  expect(trustworthiness).toBeGreaterThan(reference - 0.02);
});
