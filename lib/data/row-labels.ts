import { DataError } from "../core/errors.js";
import { readCsv } from "./csv.js";

/** Whose a row is, and of which image: at least one of them is known. */
export interface RowLabel {
  readonly image: string | null;
  readonly identity: string | null;
}

const maxLabels = 10_000_000;

/**
 * Read a CSV with a header line and the columns `image`, `identity` or both; others are passed over. Line i speaks of row i.
 *
 * @throws DataError when neither column is there, a line is shorter than the header, or a name is empty.
 */
export async function readRowLabels(file: string): Promise<RowLabel[]> {
  const labels: RowLabel[] = [];
  let places: { readonly image: number; readonly identity: number; readonly count: number } | null = null;
  for await (const { number, fields } of readCsv(file)) {
    if (places === null) {
      const names = fields.map((name) => name.trim().toLowerCase());
      places = { image: names.indexOf("image"), identity: names.indexOf("identity"), count: fields.length };
      if (places.image < 0 && places.identity < 0) {
        const header = fields.join(",").slice(0, 120);
        throw new DataError(`${file}: the first line is "${header}"; it needs the column image or identity, or both`);
      }
      continue;
    }
    if (fields.length !== places.count) {
      throw new DataError(`${file}: line ${number} has ${fields.length} columns and the header ${places.count}; give every line as many`);
    }
    const read = (place: number, column: string): string | null => {
      if (place < 0) return null;
      const name = fields[place].trim();
      if (name !== "" && !/[\u0000-\u001f]/.test(name)) return name;
      throw new DataError(`${file}: line ${number}: ${column} is ${JSON.stringify(name)}; give every row a name of printable characters`);
    };
    labels.push({ image: read(places.image, "image"), identity: read(places.identity, "identity") });
    if (labels.length > maxLabels) throw new DataError(`${file}: it has more than ${maxLabels} lines; give fewer`);
  }
  if (labels.length === 0) throw new DataError(`${file}: it names no row; give a header line and a line for each`);
  return labels;
}
