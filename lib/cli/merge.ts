import { loadParts, mergeParts, saveParts } from "../align/index.js";
import { DataError } from "../core/errors.js";
import { readResultFile, writeResultFile } from "../study/index.js";
import { print } from "./terminal.js";

/**
 * `facebridge merge`: the moments of shards (.safetensors), or the rows of pairs (.json), as one file. The order of the files says nothing.
 *
 * @throws DataError when the files are of several kinds, or of moments that do not go together.
 */
export async function mergeCommand(files: readonly string[], { out }: { readonly out: string }): Promise<void> {
  const all = [...files, out];
  const kind = [".json", ".safetensors"].find((ending) => all.every((file) => file.endsWith(ending)));
  if (kind === undefined)
    throw new DataError(
      "merge: got files of several kinds; give .safetensors of facebridge moments, or .json of rows, and an --out of the same",
    );
  await (kind === ".json" ? mergeRows(files, out) : mergeMoments(files, out));
}

async function mergeMoments(files: readonly string[], out: string): Promise<void> {
  const [first, ...others] = await Promise.all(files.map((file) => loadParts(file)));
  const other = others.findIndex(({ of, blockCount }) => JSON.stringify([of, blockCount]) !== JSON.stringify([first.of, first.blockCount]));
  if (other >= 0)
    throw new DataError(`merge: ${files[other + 1]} holds moments of ${JSON.stringify(others[other].of)}, and ${files[0]} of ${JSON.stringify(first.of)}; merge those of one pair`); // prettier-ignore
  const parts = [first, ...others].flatMap((saved) => saved.parts).sort((one, two) => one.first - two.first);
  await saveParts(out, { ...first, parts: mergeParts(parts) });
  print(`moments of ${files.length} ${files.length === 1 ? "shard" : "shards"}: ${out}`);
}

async function mergeRows(files: readonly string[], out: string): Promise<void> {
  const rows = (await Promise.all([...files].sort().map((file) => readResultFile(file)))).flat();
  await writeResultFile(out, rows);
  print(`${rows.length.toLocaleString("en")} rows: ${out}`);
}
