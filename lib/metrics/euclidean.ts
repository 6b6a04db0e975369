import { ValueError } from "../core/errors.js";
import { checkFinite, matrix32, matrix64, type Matrix32, type Matrix64 } from "../core/matrix.js";
import type { RowRange, Scorer, ScorerOptions } from "./similarity.js";

/** Below this share of ‖x‖² + ‖y‖², the squared distance is summed from differences: the products would leave it too few digits. */
const cancelled = 1e-6;

/**
 * Scores by negated Euclidean distance, −‖x − y‖ of the rows as they are, rounded to float32.
 *
 * ‖x‖² + ‖y‖² − 2 xᵀy in float64; rows that are nearly equal are subtracted instead, so that equal rows score 0.
 */
export function euclideanScorer(probes: Matrix32, gallery: Matrix32, { engine, signal, caller, order }: ScorerOptions): Scorer {
  const left = side(probes, `${caller}: probes`, order?.probes);
  const right = side(gallery, `${caller}: gallery`, order?.gallery);
  return {
    degenerateCount: 0,
    async score(rows: RowRange, templates: RowRange, into?: Float32Array): Promise<Matrix32> {
      const some = left.take(rows);
      const others = right.take(templates);
      const { data } = await engine.product(some, others, { transposeRight: true, signal });
      const scores = matrix32(some.rows, others.rows, into?.subarray(0, some.rows * others.rows));
      for (let i = 0, at = 0; i < some.rows; i++) {
        for (let j = 0; j < others.rows; j++, at++) {
          const energy = left.energies[rows.first + i] + right.energies[templates.first + j];
          const apart = energy - 2 * data[at];
          // 0 − … rather than a minus sign, so that no distance is 0 and not −0.
          scores.data[at] = 0 - Math.sqrt(apart < cancelled * energy ? squaredDistance(some, i, others, j) : apart);
        }
      }
      return scores;
    },
  };
}

interface Side {
  readonly energies: Float64Array;
  take(range: RowRange): Matrix64;
}

function side(matrix: Matrix32, what: string, order: Int32Array | undefined): Side {
  if (matrix.rows === 0) throw new ValueError(`${what} is empty; it needs at least one row`);
  checkFinite(matrix, what);
  const { columns, data } = matrix;
  const count = order?.length ?? matrix.rows;
  const take = ({ first, last }: RowRange): Matrix64 => {
    const taken = matrix64(last - first, columns);
    for (let i = first; i < last; i++) {
      const begin = (order === undefined ? i : order[i]) * columns;
      taken.data.set(data.subarray(begin, begin + columns), (i - first) * columns);
    }
    return taken;
  };
  const energies = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const begin = (order === undefined ? i : order[i]) * columns;
    for (let k = begin; k < begin + columns; k++) energies[i] += data[k] * data[k];
  }
  return { energies, take };
}

function squaredDistance(left: Matrix64, i: number, right: Matrix64, j: number): number {
  const { columns } = left;
  let sum = 0;
  for (let k = 0; k < columns; k++) sum += (left.data[i * columns + k] - right.data[j * columns + k]) ** 2;
  return sum;
}
