import { describe, expect, it } from "vitest";
import { matrix32 } from "../../lib/core/matrix.js";
import { readEmbeddingSet } from "../../lib/data/embedding-file.js";
import { loadFaceSetManifest } from "../../lib/data/load-face-sets.js";
import { projectFolder } from "../../lib/data/locate.js";
import { readProtocol, type ProtocolPairs } from "../../lib/data/protocol-pairs.js";
import { scoreProtocol, type ImageRows } from "../../lib/metrics/protocol-scores.js";
import { verifyFolds } from "../../lib/metrics/folds.js";
import { expectClose, rounding32 } from "../close.js";
import { realDataFolder } from "../real-data.js";

const protocol: ProtocolPairs = {
  id: "made",
  title: "Made",
  folds: [
    [
      { first: "a/1", second: "a/2", isMated: true },
      { first: "a/1", second: "b/1", isMated: false },
    ],
    [
      { first: "b/1", second: "b/2", isMated: true },
      { first: "b/2", second: "a/2", isMated: false },
    ],
  ],
};
const images = ["b/2", "a/1", "a/2", "b/1"];
const rows = (data: readonly number[], names = images): ImageRows => ({
  items: names.map((image) => ({ image })),
  embeddings: matrix32(names.length, 2, Float32Array.from(data)),
});
const set = rows([0, 2, 1, 0, 3, 4, 0, 0.5]);

describe("scoreProtocol", () => {
  it("finds each image's row, and scores by the cosine", () => {
    const { folds, ...counts } = scoreProtocol(protocol, set);
    expectClose([folds[0].mated[0], folds[0].nonMated[0], folds[1].mated[0], folds[1].nonMated[0]], [0.6, 0, 1, 0.8], rounding32);
    expect(counts).toEqual({ pairCount: 4, completeCount: 4, imageCount: 4, foundImageCount: 4 });
  });

  it("looks the second image up where it is told to", () => {
    const turned = rows([2, 0, 0, 1, -4, 3, 0.5, 0]);
    const { folds } = scoreProtocol(protocol, set, turned);
    expectClose([folds[0].mated[0], folds[0].nonMated[0], folds[1].mated[0], folds[1].nonMated[0]], [-0.8, 1, 0, 0.6], rounding32);
  });

  it("refuses missing images with counts, or leaves incomplete pairs out and counts them", () => {
    const part = rows([0, 2, 1, 0, 3, 4], ["b/2", "a/1", "a/2"]);
    expect(() => scoreProtocol(protocol, part)).toThrow(
      "Made: 3 of its 4 images are there, and 2 of 4 pairs are complete; embed the other images, or leave incomplete pairs out, which is not the published protocol",
    );
    const left = scoreProtocol(protocol, part, part, { incomplete: "leave-out" });
    expect(left).toMatchObject({ pairCount: 4, completeCount: 2, imageCount: 4, foundImageCount: 3 });
    expect(left.folds.map(({ mated, nonMated }) => [mated.length, nonMated.length])).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  it("refuses rows that are not the items', widths that differ, and rows without a direction", () => {
    expect(() => scoreProtocol(protocol, { ...set, items: [] })).toThrow(
      "scoreProtocol: got 0 items and 4 rows; row i belongs to item i, so give as many",
    );
    expect(() => scoreProtocol(protocol, set, { ...set, embeddings: matrix32(4, 3) })).toThrow(
      "scoreProtocol: rows are 2 and 3 wide; map one side into the space of the other",
    );
    expect(() => scoreProtocol(protocol, rows([0, 2, 0, 0, 3, 4, 0, 0.5]))).toThrow("normaliseRows: row 0 has zero length");
  });
});

const data = realDataFolder();

describe.skipIf(data === null)("published protocols on the embedded pack", () => {
  const pack = `${projectFolder}data`;

  it.each([
    ["cfp-ff", 0.995],
    ["cfp-fp", 0.97],
  ])("%s is complete, and a strong network decides most pairs rightly", async (id, least) => {
    const pairs = await readProtocol(await loadFaceSetManifest("cfp"), id, data!);
    const { folds, completeCount } = scoreProtocol(pairs, await readEmbeddingSet(pack, "cfp", "face_esp_mbf"));
    expect([folds.length, completeCount]).toEqual([10, 7000]);
    expect(verifyFolds(folds).accuracy.mean).toBeGreaterThan(least);
  });

  it("says of View 2 what is not there", async () => {
    const pairs = await readProtocol(await loadFaceSetManifest("lfw-all"), "lfw-view-2", data!);
    const set = await readEmbeddingSet(pack, "lfw", "face_esp_mbf");
    expect(() => scoreProtocol(pairs, set)).toThrow(
      "LFW View 2: 3130 of its 7701 images are there, and 2017 of 6000 pairs are complete; embed the other images",
    );
  });
});
