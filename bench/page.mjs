// Writes what a bench found into its place on a page: between <!-- name --> and <!-- /name -->.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import prettier from "prettier";

const file = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../docs/recognition.md");

export async function writeRegion(name, lines) {
  const text = readFileSync(file, "utf8");
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [begin, end] = [text.indexOf(open), text.indexOf(close)];
  if (begin < 0 || end < begin) throw new Error(`writeRegion: ${file} has no ${open} … ${close}; restore them`);
  const page = `${text.slice(0, begin + open.length)}\n\n${lines.join("\n")}\n\n${text.slice(end)}`;
  writeFileSync(file, await prettier.format(page, { ...(await prettier.resolveConfig(file)), parser: "markdown" }));
}

export function table(header, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows.map(line)];
}
