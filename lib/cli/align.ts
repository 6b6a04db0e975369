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
  const context = await openStudy({ ...(from === undefined ? {} : { folder: from }), signal: interruptSignal() });
  const maps = ["native", ...allMapKinds.map(({ name }) => name)];
  const spec = { experiment: "align", pairs: [{ source, target }], maps, fitSet: fit, testSet: test, seed };
  const { rows } = await runStudy(spec, context);
  if (json) print(JSON.stringify(rows, null, 1));
  else print(alignTable(rows));
}

/** A row a map and frame, a column a metric. */
function alignTable(rows: readonly ResultRow[]): string {
  const metrics = [...new Set(rows.map(({ metric }) => metric))];
  const groups = new Map<string, (string | number)[]>();
  for (const { source, map, frame, metric, value } of rows) {
    const key = `${source} ${map} ${frame}`;
    const line = groups.get(key) ?? [map, frame, ...metrics.map(() => 0)];
    line[2 + metrics.indexOf(metric)] = value;
    groups.set(key, line);
  }
  const [{ source, target, fitSet, testSet, train, gallery, probes, seed, engine }] = rows.slice(-1);
  const caption = `${source} → ${target}, fitted on ${fitSet} (${train} rows), tested on ${testSet} (gallery ${gallery}, probes ${probes}), seed ${seed}, engine ${engine}`;
  const table = { columns: ["map", "frame", ...metrics], values: [...groups.values()] };
  const formats = Object.fromEntries(metrics.map((metric) => [metric, ".4f"] as const));
  return formatTable(table, { caption, formats, limit: groups.size })["text/plain"] as string;
}
