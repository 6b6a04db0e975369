// Pictures of real embeddings: t-SNE beside scikit-learn's, UMAP beside umap-learn's, on the same rows; time, and how far they can be believed.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { normaliseRows } from "facebridge/align";
import { createRandom, matrix32, stackRows, takeRows } from "facebridge/core";
import { mapCloud, mapCloudTsne, measurePicture } from "facebridge/geometry";
import { openStudy } from "facebridge/study";

const encoder = "face_edgeface_xxs";
const neighbours = 5; // scikit-learn's default
const pictures = [
  { name: "t-SNE", peer: "scikit-learn", count: 2000, draw: mapCloudTsne },
  { name: "UMAP", peer: "umap-learn", count: 2000, draw: mapCloud },
  { name: "t-SNE", peer: "scikit-learn", count: 5000, draw: mapCloudTsne },
];

/** Times and qualities of all pictures; `ratios` are the peer's time over ours. */
export async function benchPictures({ engine, scratch, peer: runPeer }) {
  const { load } = await openStudy();
  const sets = [await load(encoder, "lfw"), await load(encoder, "cfp")];
  const rows = normaliseRows(stackRows(sets.map(({ embeddings }) => embeddings)));
  const [input, output] = ["points.f32", "picture.f32"].map((file) => path.join(scratch, file));
  const table = [];
  const ratios = {};
  for (const { name, peer, count, draw } of pictures) {
    const points = takeRows(
      rows,
      Int32Array.from({ length: count }, (_, i) => i),
    );
    writeFileSync(input, Buffer.from(points.data.buffer));
    const start = performance.now();
    const ours = await draw(points, { dimensions: 2, random: createRandom(0), engine });
    const seconds = (performance.now() - start) / 1000;
    const peerSeconds = runPeer("pictures.py", name, input, count, output);
    const bytes = readFileSync(output);
    const theirs = matrix32(count, 2, new Float32Array(bytes.buffer, bytes.byteOffset, 2 * count));
    const quality = async (picture) => (await measurePicture(points, picture, { neighbours, engine })).trustworthiness.toFixed(4);
    table.push({
      picture: `${name}, ${count.toLocaleString("en")} points`,
      "ours, s": seconds.toFixed(1),
      [`peer, s`]: `${peerSeconds.toFixed(1)} (${peer})`,
      trustworthiness: await quality(ours),
      "peer's": await quality(theirs),
    });
    ratios[`${peer} ${name}, ${count} points`] = peerSeconds / seconds;
  }
  console.log(`rows of ${encoder}, LFW and then CFP; ours with start-up of the principal components, the peer without imports`);
  console.table(table);
  return ratios;
}
