import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { writeAtomically } from "../data/atomic-file.js";
import { listEncoderManifests, loadPaper, projectFolder } from "../data/index.js";
import { drawThumbnail, firstHeading, readNotebook, renderIndex, renderPage, type IndexEntry, type Notebook } from "../notebook/index.js";
import { formatVerdicts, judgeClaims, readResultFile, type ResultRow } from "../study/index.js";
import { ownNotebooks } from "./own-notebook.js";
import { findRuns, pickRun, resultFilesOf } from "./runs.js";
import { print, say, textTable } from "./terminal.js";
import { needWorkingCopy } from "./working-copy.js";

export interface PublishOptions {
  readonly out: string;
}

/** An executed notebook and what belongs to it. */
interface Source {
  /** Of its page and files, without an ending. */
  readonly name: string;
  readonly file: string;
  readonly results: readonly string[];
  readonly detail: string;
}

/**
 * `facebridge publish`: a static site of the executed notebooks, and of the runs that are named, to be opened from disk or put on any
 * server.
 *
 * @throws DataError when rows of record are missing that the verdicts are read from, or there is no such run.
 */
export async function publishCommand(runNames: readonly string[], { out }: PublishOptions): Promise<void> {
  needWorkingCopy("publish");
  const folder = path.resolve(out);
  const runs = await runSources(runNames);
  const notebooks = notebookSources();
  const table: [string, string][] = [];
  const publish = async (sources: readonly Source[]): Promise<IndexEntry[]> => {
    const entries: IndexEntry[] = [];
    for (const source of sources) {
      const notebook = await readNotebook(source.file);
      if (!isExecuted(notebook)) {
        say(`${source.name} is left out: not all of its cells were run; facebridge study runs them`);
        continue;
      }
      const page = await publishNotebook(notebook, source, folder);
      entries.push(page.entry);
      table.push([page.entry.href, `${Math.ceil(page.bytes / 1000).toLocaleString("en")} kB`]);
    }
    return entries;
  };
  const networks = (await listEncoderManifests()).filter((network) => network.kind !== "detector");
  const verdicts = formatVerdicts(judgeClaims(await rowsOfRecord(notebooks), await loadPaper(), networks), ".");
  const index = await renderIndex({
    title: "Do two networks see the same faces the same way?",
    introduction: `${introduction}\n\n## What holds here\n\n${verdicts}`,
    notebooks: await publish(notebooks),
    runs: await publish(runs),
  });
  await writeAtomically(path.join(folder, "index.html"), [Buffer.from(index)]);
  print(textTable(["page", "size"], table));
  print(path.join(folder, "index.html"));
}

const introduction = `facebridge carries one network's face embeddings onto another's by a plain affine map, and measures what that does to identification and
verification. Each notebook asks one question; its page holds the figures, the tables, the code and the rows to load. Claims are those of _Are Face Embeddings
Compatible Across Deep Neural Network Models?_ (Rubab, Tong, Ross; arXiv 2604.07282), judged by the rows of record; intervals are over networks.`;

async function publishNotebook(
  notebook: Notebook,
  { name, file, results, detail }: Source,
  folder: string,
): Promise<{ entry: IndexEntry; bytes: number }> {
  const keep = async (source: string, target: string): Promise<void> => {
    await writeAtomically(path.join(folder, "files", target), [await readFile(source)]);
  };
  await keep(file, `${name}.ipynb`);
  const links = [
    { text: "All notebooks", href: "index.html" },
    { text: "Notebook (.ipynb)", href: `files/${name}.ipynb`, download: true },
  ];
  for (const [i, rows] of results.entries()) {
    const target = `${results.length === 1 ? name : `${name}-${i + 1}`}.json`;
    await keep(rows, target);
    links.push({ text: results.length === 1 ? "Rows (.json)" : `Rows ${i + 1} (.json)`, href: `files/${target}`, download: true });
  }
  const page = Buffer.from(await renderPage(notebook, { links }));
  const href = `${name}.html`;
  await writeAtomically(path.join(folder, href), [page]);
  return { entry: { title: firstHeading(notebook), href, detail, thumbnail: await drawThumbnail(notebook) }, bytes: page.length };
}

function notebookSources(): Source[] {
  const folder = path.join(projectFolder, "notebooks");
  return ownNotebooks().map((name) => {
    const rows = path.join(folder, "results", `${name}.json`);
    return {
      name,
      file: path.join(folder, `${name}.ipynb`),
      results: existsSync(rows) ? [rows] : [],
      detail: `Notebook ${name.slice(0, 2)}`,
    };
  });
}

async function runSources(names: readonly string[]): Promise<Source[]> {
  if (names.length === 0) return [];
  const runs = await findRuns();
  return Promise.all(
    names.map(async (name) => {
      const { id, folder, provenance } = pickRun(name, runs);
      const given = Object.entries(provenance?.parameters ?? {}).map(([parameter, value]) => `${parameter}=${JSON.stringify(value)}`);
      const file = path.join(folder, "notebook.ipynb");
      return { name: id.replace("/", "."), file, results: await resultFilesOf(folder), detail: given.join(" ") };
    }),
  );
}

async function rowsOfRecord(sources: readonly Source[]): Promise<Map<string, readonly ResultRow[]>> {
  const withRows = sources.filter(({ results }) => results.length > 0);
  return new Map(await Promise.all(withRows.map(async ({ name, results }) => [name, await readResultFile(results[0])] as const)));
}

function isExecuted({ cells }: Notebook): boolean {
  return cells.every((cell) => cell.cell_type !== "code" || cell.source.trim() === "" || cell.execution_count !== null);
}
