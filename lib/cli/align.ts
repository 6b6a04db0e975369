import process from "node:process";
import { allMapKinds } from "../align/index.js";
import { embeddingFolders, hasEmbeddingSet, listFaceSetManifests, pickStudySet } from "../data/index.js";
import { formatTable } from "../notebook/index.js";
import { openStudy, type ResultRow, runStudy } from "../study/index.js";
import { embedCommand } from "./embed.js";
import { interruptSignal, print, say } from "./terminal.js";

export interface AlignCommandOptions {
  readonly source: string;
  readonly target: string;
  readonly fit: string;
  readonly test: string;
  readonly from?: string;
  readonly data?: string;
  readonly seed: number;
  readonly json?: boolean;
}

/** `facebridge align`: every map and baseline of one pair. */
export async function alignCommand(options: AlignCommandOptions): Promise<void> {
  const { source, target, fit, test, from, seed, json = false } = options;
  if (from === undefined) await embedMissing(options);
  const context = await openStudy({
    ...(from === undefined ? {} : { folder: from }),
    sharedBy: [source, target],
    signal: interruptSignal(),
  });
  const maps = ["native", ...allMapKinds.map(({ name }) => name)];
  const spec = { experiment: "align", pairs: [{ source, target }], maps, fitSet: fit, testSet: test, seed };
  const { rows } = await runStudy(spec, context);
  if (json) print(JSON.stringify(rows, null, 1));
  else print(alignTable(rows));
}

/** Embed what neither the pack nor the user has embedded yet, where there is a data folder to do it from. */
async function embedMissing({ source, target, fit, test, data }: AlignCommandOptions): Promise<void> {
  if ((data ?? process.env.FACEBRIDGE_DATA) === undefined) return;
  const known = await listFaceSetManifests();
  const faceSets = new Set([fit, test].map((id) => pickStudySet(id, known).faceSet.id));
  for (const faceSet of faceSets) {
    const missing: string[] = [];
    for (const encoder of new Set([source, target])) {
      const found = await Promise.all(embeddingFolders(encoder).map((folder) => hasEmbeddingSet(folder, faceSet, encoder)));
      if (!found.includes(true)) missing.push(encoder);
    }
    if (missing.length === 0) continue;
    say(`${missing.join(" and ")}: not embedded on ${faceSet} yet`);
    await embedCommand({ faces: faceSet, encoders: missing.join(","), provider: "cpu", ...(data === undefined ? {} : { data }) });
  }
}

/** The protocol's metrics that the table has room for; the rows hold all. */
const columns = ["rank1", "auc", "eer", "tmr@fmr=1e-2", "tmr@fmr=1e-3"];

/** A line a map, in the protocol's frame, with 95 % intervals over subjects. */
function alignTable(rows: readonly ResultRow[]): string {
  const shown = rows.filter(({ frame }) => frame === "centred");
  const maps = [...new Set(shown.map(({ map }) => map))];
  const cell = (map: string, metric: string): string => {
    const found = shown.find((row) => row.map === map && row.metric === metric);
    if (found === undefined) return "";
    const { value, low, high } = found;
    return low === null || high === null ? value.toFixed(3) : `${value.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;
  };
  const [{ source, target, fitSet, testSet, train, gallery, probes, seed, engine }] = rows.slice(-1);
  const caption = `${source} → ${target}, fitted on ${fitSet} (${train} rows), tested on ${testSet} (gallery ${gallery}, probes ${probes}), seed ${seed}, engine ${engine}; 95 % intervals over people. Raw frame, rank5 and rank10: --json`;
  const table = { columns: ["map", ...columns], values: maps.map((map) => [map, ...columns.map((metric) => cell(map, metric))]) };
  return formatTable(table, { caption, limit: maps.length })["text/plain"] as string;
}
