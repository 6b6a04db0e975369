// Geometry beside its peers. Without arguments all parts; else the parts that are named.
import { benchPictures } from "./geometry-tsne.mjs";

const parts = { tsne: benchPictures };

export async function bench(names) {
  const chosen = names.length > 0 ? names : Object.keys(parts);
  const unknown = chosen.find((name) => !(name in parts));
  if (unknown !== undefined) throw new Error(`bench geometry: got "${unknown}"; give some of ${Object.keys(parts).join(", ")}`);
  let engine = "none";
  const ratios = {};
  for (const name of chosen) {
    const part = await parts[name]();
    engine = part.engine;
    Object.assign(ratios, part.ratios);
  }
  console.log(JSON.stringify({ bench: "geometry", engine, ratios, peakMiB: Math.round(process.resourceUsage().maxRSS / 1024) }));
}
