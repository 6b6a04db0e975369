import { readFileSync } from "node:fs";
import { matrix32, type Matrix32 } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";

interface GoldenPicture {
  readonly dimensions: 2 | 3;
  readonly places: readonly number[];
  readonly gradient: readonly number[];
  readonly quality: readonly { readonly neighbours: number; readonly trustworthiness: number; readonly continuity: number }[];
}

/** What test/golden/make_golden_pictures.py wrote: 60 × 8 points. */
export const golden = JSON.parse(readFileSync(new URL("../golden/pictures.json", import.meta.url), "utf8")) as {
  readonly perplexity: number;
  readonly neighbours: number;
  readonly points: readonly number[];
  /** Above the diagonal, row by row. */
  readonly affinities: readonly number[];
  readonly pictures: Readonly<Record<"plane" | "space", GoldenPicture>>;
};

/** Groups far from each other, `size` points each, one group after the other. */
export function groups(count: number, size: number, columns: number, seed: number): Matrix32 {
  const random = createRandom(seed);
  const centres = Array.from({ length: count * columns }, () => 6 * random.normal());
  const data = Float32Array.from({ length: count * size * columns }, (_, k) => {
    const group = Math.floor(k / (size * columns));
    return centres[group * columns + (k % columns)] + random.normal();
  });
  return matrix32(count * size, columns, data);
}
