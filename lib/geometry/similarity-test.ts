import { ValueError } from "../core/errors.js";
import { matrix64 } from "../core/matrix.js";
import { mantel, type MantelOptions, type MantelTest } from "../metrics/mantel.js";
import type { Compatibility, PairValue } from "./compatibility.js";

/**
 * Does a similarity of two networks foretell how well one is carried onto the other? Pearson correlation over ordered pairs of S_AB with a
 * value that A and B have in common, tested by exchanging the networks' labels (Mantel).
 *
 * @param couples one value for each two networks of the matrix, in either order; couples with another network are left out.
 * @throws ValueError when a couple is missing or there twice; as `mantel` does for the rest.
 */
export function testSimilarity({ networks, values }: Compatibility, couples: readonly PairValue[], options: MantelOptions): MantelTest {
  const count = networks.length;
  const table = matrix64(count, count);
  const seen = new Set<number>();
  for (const { source, target, value } of couples) {
    const [i, j] = [networks.indexOf(source), networks.indexOf(target)];
    if (i < 0 || j < 0) continue;
    if (i === j || seen.has(i * count + j)) {
      throw new ValueError(`testSimilarity: ${source} and ${target} are there twice, or one network; give each two networks one value`);
    }
    for (const place of [i * count + j, j * count + i]) {
      seen.add(place);
      table.data[place] = value;
    }
  }
  networks.forEach((one, i) => {
    networks.slice(0, i).forEach((other, j) => {
      if (!seen.has(i * count + j)) throw new ValueError(`testSimilarity: there is no value of ${other} and ${one}; compare them too`);
    });
  });
  return mantel(values, table, options);
}
