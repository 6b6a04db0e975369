import { allMapKinds } from "../align/index.js";
import { formatTable } from "../notebook/index.js";
import { openStudy, type ResultRow, runStudy } from "../study/index.js";
import { interruptSignal, print } from "./terminal.js";

export interface AlignCommandOptions {
  readonly source: string;
  readonly target: string;
  readonly fit: string;
  readonly test: string;
  readonly from?: string;
  readonly seed: number;
  readonly json?: boolean;
}

/** `facebridge align`: every map and baseline of one pair. */
export async function alignCommand({ source, target, fit, test, from, seed, json = false }: AlignCommandOptions): Promise<void> {
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
