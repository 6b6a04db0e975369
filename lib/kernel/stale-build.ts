import { readdirSync, statSync } from "node:fs";
import path from "node:path";

/**
 * What to tell somebody whose build is older than the library's sources; null when it is not, or where there are no sources.
 *
 * @param root folder with lib/ and dist/.
 */
export function describeStaleBuild(root: string): string | null {
  const library = path.join(root, "lib");
  const built = timeOf(path.join(root, "dist", ".tsbuildinfo"));
  const newer = sourcesIn(library).filter((file) => (timeOf(file) ?? 0) > (built ?? 0));
  if (newer.length === 0) return null;
  const first = path.relative(root, newer[0]);
  const others = newer.length === 1 ? "is" : `and ${newer.length - 1} more are`;
  return `the build is stale: ${first} ${others} newer; run "npm run build" and restart the kernel\n`;
}

function sourcesIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, encoding: "utf8" });
    return entries.filter((entry) => entry.endsWith(".ts") && !entry.endsWith(".d.ts")).map((entry) => path.join(folder, entry));
  } catch {
    return [];
  }
}

function timeOf(file: string): number | null {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? null;
}
