import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** Folders of the library whose code results come from. */
const layers = ["core", "linalg", "data", "align", "metrics", "geometry", "study"];

let known: string | null = null;

/** SHA-256, hex, of the code that results come from, and of the packages that it names. Read once a process. */
export function codeDigest(): string {
  known ??= computeDigest();
  return known;
}

function computeDigest(): string {
  const self = fileURLToPath(import.meta.url);
  const root = path.join(path.dirname(self), "..");
  const hash = createHash("sha256");
  const add = (file: string): void => {
    hash.update(`${path.relative(root, file)}\n`).update(readFileSync(file));
  };
  for (const layer of layers) {
    const names = readdirSync(path.join(root, layer)).filter((name) => name.endsWith(path.extname(self)) && !name.endsWith(".d.ts"));
    for (const name of names.sort()) add(path.join(root, layer, name));
  }
  add(path.join(root, "..", "package.json")); // versions are pinned there
  return hash.digest("hex");
}
