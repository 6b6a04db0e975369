import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { codeOf } from "../core/error-reason.js";
import { DataError } from "../core/errors.js";
import { writeAtomically } from "./atomic-file.js";
import type { Item } from "./embedding-set.js";
import { checkInside } from "./locate.js";

const columns = ["image", "identity", "pose", "sha256", "detectionScore"];

/** The items table: tab-separated, a header line, one item a line in the order of the rows, nothing where there is null. */
export function formatItems(items: readonly Item[]): string {
  checkItems(items, "formatItems");
  const lines = items.map(({ image, identity, pose, sha256, detectionScore }) =>
    [image, identity, pose ?? "", sha256 ?? "", String(detectionScore ?? "")].join("\t"),
  );
  return [columns.join("\t"), ...lines, ""].join("\n");
}

/** @param file only for messages. @throws DataError that names the line when the table is not as `formatItems` writes it. */
export function parseItems(text: string, file: string): Item[] {
  const [header, ...lines] = text.split(/\r?\n/);
  if (header !== columns.join("\t")) {
    throw new DataError(`${file}: the first line is "${header}"; it must be the tab-separated columns ${columns.join(", ")}`);
  }
  if (lines.pop() !== "") throw new DataError(`${file}: the last line does not end; the file was cut short, so make it again`);
  const items = lines.map((line, i): Item => {
    const fields = line.split("\t");
    if (fields.length !== columns.length) {
      throw new DataError(`${file}: line ${i + 2} has ${fields.length} columns; it must have ${columns.length}`);
    }
    const [image, identity, pose, sha256, score] = fields;
    const orNull = <T>(field: string, read: (field: string) => T): T | null => (field === "" ? null : read(field));
    return {
      image,
      identity,
      pose: orNull(pose, (name) => name as NonNullable<Item["pose"]>),
      sha256: orNull(sha256, String),
      detectionScore: orNull(score, (number) => (number.trim() === "" ? NaN : Number(number))),
    };
  });
  checkItems(items, file);
  return items;
}

/** @throws DataError when the file cannot be read or is not valid. */
export async function readItems(file: string): Promise<Item[]> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw new DataError(`${file}: cannot be read (${codeOf(error)}); make it, or name another`);
  }
  return parseItems(text, file);
}

/** @throws DataError when an item is not valid. */
export async function writeItems(file: string, items: readonly Item[]): Promise<void> {
  await writeAtomically(file, [Buffer.from(formatItems(items), "utf8")]);
}

/** SHA-256 of the items table, hex: what an embedding file holds to say whose rows it has. */
export function itemsSha256(items: readonly Item[]): string {
  return createHash("sha256").update(formatItems(items), "utf8").digest("hex");
}

function checkItems(items: readonly Item[], where: string): void {
  const seen = new Set<string>();
  items.forEach(({ image, identity, pose, sha256, detectionScore }, i) => {
    const line = `${where}: item ${i + 1} (line ${i + 2}): `;
    const fail = (column: string, value: unknown, need: string): never => {
      throw new DataError(`${line}${column} is ${JSON.stringify(value)}; it must be ${need}`);
    };
    checkInside(image, `${line}image`);
    if (/[\t\r\n]/.test(image)) fail("image", image, "free of tabs and line ends");
    if (seen.has(image)) fail("image", image, "there once");
    seen.add(image);
    if (identity === "" || /[\t\r\n]/.test(identity)) fail("identity", identity, "a name without tabs and line ends");
    if (pose !== null && !["frontal", "profile"].includes(pose)) fail("pose", pose, "frontal, profile or empty");
    if (sha256 !== null && !/^[0-9a-f]{64}$/.test(sha256)) fail("sha256", sha256, "64 hex digits in lower case, or empty");
    if (detectionScore !== null && !(detectionScore >= 0 && detectionScore <= 1)) fail("detectionScore", detectionScore, "a number from 0 to 1, or empty"); // prettier-ignore
  });
}
