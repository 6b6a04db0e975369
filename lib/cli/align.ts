import process from "node:process";
import { addParts, allMapKinds, loadParts, type Moments, type SavedParts } from "../align/index.js";
import { DataError } from "../core/errors.js";
import { listFaceSetManifests, pickStudySet, searchEmbeddings } from "../data/index.js";
import { formatTable } from "../notebook/index.js";
import { keyOf, openStudy, type ResultRow, runStudy, writeResultFile } from "../study/index.js";
import { embedCommand } from "./embed.js";
import { interruptSignal, print, printJson, say, withInterval } from "./terminal.js";

export interface AlignCommandOptions {
  readonly source: string;
  readonly target: string;
  readonly fit: string;
  readonly test: string;
  readonly from?: string;
  readonly data?: string;
  readonly seed: number;
  /** Names between commas; all where none are given. */
  readonly maps?: string;
  /** File of the pair's moments, all shards merged; they are summed here where there is none. */
  readonly moments?: string;
  /** File for the rows. */
  readonly out?: string;
  readonly json?: boolean;
}

/** `facebridge align`: every map and baseline of one pair. @throws DataError when the moments are of another pair, sets or seed. */
export async function alignCommand(options: AlignCommandOptions): Promise<void> {
  const { source, target, fit, test, from, seed, maps: given, moments, out, json = false } = options;
  if (from === undefined) await embedMissing(options);
  const opened = await openStudy({
    ...(from === undefined ? {} : { folder: from }),
    ...(moments === undefined ? {} : { cache: null, workers: 1 }),
    sharedBy: [source, target],
    signal: interruptSignal(),
  });
  const pair = { source, target };
  const context = moments === undefined ? opened : { ...opened, moments: new Map([[keyOf(pair), await loadMoments(moments, { ...pair, fit, test, seed, engine: opened.engine.name })]]) }; // prettier-ignore
  const maps = given?.split(",") ?? ["native", ...allMapKinds.map(({ name }) => name)];
  const spec = { experiment: "align", pairs: [pair], maps, fitSet: fit, testSet: test, seed };
  const { rows } = await runStudy(spec, context);
  if (out !== undefined) await writeResultFile(out, rows);
  if (json) printJson(rows);
  else print(out === undefined ? alignTable(rows) : `${rows.length} rows: ${out}`);
}

async function loadMoments(file: string, wanted: SavedParts["of"]): Promise<Moments> {
  const { of, blockCount, parts } = await loadParts(file);
  const other = Object.entries(wanted).find(([name, value]) => of[name] !== value);
  if (other !== undefined)
    throw new DataError(`align: ${file} holds moments of ${other[0]} ${of[other[0]]}, and ${other[1]} is asked for; sum those with facebridge moments`); // prettier-ignore
  return addParts(parts, blockCount);
}

/** Embed what neither the pack nor the user has embedded yet, where there is a data folder to do it from; standard output is for the rows alone. */
async function embedMissing({ source, target, fit, test, data }: AlignCommandOptions): Promise<void> {
  if ((data ?? process.env.FACEBRIDGE_DATA) === undefined) return;
  const known = await listFaceSetManifests();
  const faceSets = new Set([fit, test].map((id) => pickStudySet(id, known).faceSet.id));
  for (const faceSet of faceSets) {
    const missing: string[] = [];
    for (const encoder of new Set([source, target])) {
      if ((await searchEmbeddings(faceSet, encoder)) === null) missing.push(encoder);
    }
    if (missing.length === 0) continue;
    say(`${missing.join(" and ")}: not embedded on ${faceSet} yet`);
    await embedCommand({
      faces: faceSet,
      encoders: missing.join(","),
      provider: "cpu",
      write: say,
      ...(data === undefined ? {} : { data }),
    });
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
    return found === undefined ? "" : withInterval(found.value, found.low, found.high);
  };
  const [{ source, target, fitSet, testSet, train, gallery, probes, seed, engine }] = rows.slice(-1);
  const caption = `${source} → ${target}, fitted on ${fitSet} (${train} rows), tested on ${testSet} (gallery ${gallery}, probes ${probes}), seed ${seed}, engine ${engine}; 95 % intervals over people. Raw frame, rank5 and rank10: --json`;
  const table = { columns: ["map", ...columns], values: maps.map((map) => [map, ...columns.map((metric) => cell(map, metric))]) };
  return formatTable(table, { caption, limit: maps.length })["text/plain"] as string;
}
