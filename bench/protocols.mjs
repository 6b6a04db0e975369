// Published verification protocols: LFW View 2 from embeddings of all its images, CFP FF and FP from the embedded pack.
//   npm run bench protocols -- <folder of embedding sets> [--write]
// The folder has lfw-all/: facebridge embed --faces lfw-all --encoders face_esp_mbf. Pair lists are read from FACEBRIDGE_DATA.
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { listEncoderManifests, loadFaceSetManifest, readEmbeddingSet, readProtocol, resolveDataFolder } from "facebridge/data";
import { scoreProtocol, verifyFolds } from "facebridge/metrics";
import { table, writeRegion } from "./page.mjs";

export async function bench(args) {
  const folder = args.find((arg) => !arg.startsWith("--")) ?? "embeddings";
  const dataFolder = resolveDataFolder();
  const rows = [];
  const measure = async (faceSet, id, sets, encoders) => {
    const protocol = await readProtocol(await loadFaceSetManifest(faceSet), id, dataFolder);
    for (const encoder of encoders) {
      const { folds, completeCount } = scoreProtocol(protocol, await readEmbeddingSet(sets, faceSet, encoder));
      const { accuracy, eer, auc } = verifyFolds(folds);
      rows.push([protocol.title, `\`${encoder}\``, String(completeCount), show(accuracy), show(eer), show(auc)]);
    }
  };
  const whole = path.join(folder, "lfw-all");
  const files = existsSync(whole) ? readdirSync(whole).filter((file) => file.endsWith(".safetensors")) : [];
  if (files.length > 0) await measure("lfw-all", "lfw-view-2", folder, files.map((file) => path.basename(file, ".safetensors")).sort());
  const packed = (await listEncoderManifests()).filter((network) => network.packed).map(({ id }) => id);
  for (const id of ["cfp-ff", "cfp-fp"]) await measure("cfp", id, "data", packed);
  const lines = table(["protocol", "network", "pairs", "accuracy, %", "EER, %", "AUC, %"], rows);
  console.log(lines.join("\n"));
  if (args.includes("--write")) await writeRegion("protocols", lines);
  console.log(
    JSON.stringify({ bench: "protocols", engine: "none", ratios: {}, peakMiB: Math.round(process.resourceUsage().maxRSS / 1024) }),
  );
}

function show({ mean, standardError }) {
  return `${(100 * mean).toFixed(2)} ± ${(100 * standardError).toFixed(2)}`;
}
