// Images to embeddings: embedFaces beside the plain Python loop, same networks, same number of threads, in turns.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { imageFolderOf, listEncoderManifests, listFaceImages, loadFaceSetManifest, resolveDataFolder } from "facebridge/data";
import { embedFaces } from "facebridge/encoders";
import { silent } from "facebridge/core";
import { benchPython } from "./python.mjs";

const imageCount = 256;
const rounds = 3;
const threads = availableParallelism();

export async function bench([data]) {
  const dataFolder = path.resolve(resolveDataFolder(data));
  const networks = await listEncoderManifests();
  const detector = networks.find(({ architecture }) => architecture === "scrfd");
  const encoders = networks.filter((network) => network.packed);
  const faceSet = await loadFaceSetManifest("lfw");
  const images = (await listFaceImages(faceSet, dataFolder)).slice(0, imageCount);
  const imageFolder = imageFolderOf(faceSet, dataFolder);
  const scratch = mkdtempSync(path.join(tmpdir(), "facebridge-bench-"));
  const job = path.join(scratch, "job.json");
  writeFileSync(job, JSON.stringify({ images: images.map(({ image }) => image), imageFolder, dataFolder, threads, detector, encoders }));
  const python = benchPython();
  const provenance = Object.fromEntries(encoders.map(({ id }) => [id, {}]));

  const seconds = { ours: [], python: [] };
  for (let round = 0; round < rounds; round++) {
    const out = path.join(scratch, `out-${round}`);
    const start = performance.now();
    await embedFaces({ faceSet: "lfw", images, imageFolder, dataFolder, detector, encoders, provenance, out, startProgress: () => silent });
    seconds.ours.push((performance.now() - start) / 1000);
    const loop = execFileSync(python, [fileURLToPath(new URL("./embed_loop.py", import.meta.url)), job], {
      encoding: "utf8",
      maxBuffer: 1e8,
    });
    seconds.python.push(JSON.parse(loop).seconds);
    console.log(`round ${round + 1}: ours ${rate(seconds.ours.at(-1))}, Python ${rate(seconds.python.at(-1))} images/s`);
  }
  rmSync(scratch, { recursive: true });
  const best = (times) => Math.min(...times);
  console.log(
    `\n${encoders.length} encoders, ${imageCount} LFW images, ${threads} threads; best of ${rounds} rounds, ours with start-up, Python without`,
  );
  const ratios = { "onnxruntime in Python": Number((best(seconds.python) / best(seconds.ours)).toFixed(3)) };
  console.log(
    JSON.stringify({ bench: "embed", engine: "onnxruntime-node", ratios, peakMiB: Math.round(process.resourceUsage().maxRSS / 1024) }),
  );
}

function rate(seconds) {
  return (imageCount / seconds).toFixed(1);
}
