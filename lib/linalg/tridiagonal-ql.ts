/**
 * Eigenvalues and vectors of a symmetric tridiagonal matrix by implicit QL with Wilkinson's shift, in place.
 *
 * An off-diagonal entry below rounding of the largest entry counts as zero.
 *
 * @param diagonal size entries; holds the eigenvalues afterwards, in no order.
 * @param beside size entries, the last of them unused; destroyed.
 * @param vectors size × size, row-major; starts as the identity, and row j ends as the vector of `diagonal[j]`.
 * @see Golub and Van Loan, Matrix Computations, 4th ed., 8.3.3
 */
export function solveTridiagonalInto(vectors: Float64Array, diagonal: Float64Array, beside: Float64Array): void {
  const size = diagonal.length;
  let norm = 0;
  for (let i = 0; i < size; i++) norm = Math.max(norm, Math.abs(diagonal[i]), i < size - 1 ? Math.abs(beside[i]) : 0);
  const negligible = (Number.EPSILON / 2) * norm;

  for (let first = 0; first < size; first++) {
    for (;;) {
      let last = first;
      while (last < size - 1 && Math.abs(beside[last]) > negligible) last++;
      if (last === first) break;
      sweepInto(vectors, diagonal, beside, first, last);
    }
  }
}

function sweepInto(vectors: Float64Array, diagonal: Float64Array, beside: Float64Array, first: number, last: number): void {
  const size = diagonal.length;
  const ratio = (diagonal[first + 1] - diagonal[first]) / (2 * beside[first]);
  const root = Math.sqrt(ratio * ratio + 1);
  let chased = diagonal[last] - diagonal[first] + beside[first] / (ratio + (ratio < 0 ? -root : root));
  let sine = 1;
  let cosine = 1;
  let moved = 0;
  for (let i = last - 1; i >= first; i--) {
    const bulge = sine * beside[i];
    const kept = cosine * beside[i];
    const radius = Math.sqrt(bulge * bulge + chased * chased);
    beside[i + 1] = radius;
    if (radius === 0) {
      diagonal[i + 1] -= moved;
      beside[last] = 0;
      return;
    }
    sine = bulge / radius;
    cosine = chased / radius;
    const shifted = diagonal[i + 1] - moved;
    const turned = (diagonal[i] - shifted) * sine + 2 * cosine * kept;
    moved = sine * turned;
    diagonal[i + 1] = shifted + moved;
    chased = cosine * turned - kept;
    rotateRowsInto(vectors, size, i, i + 1, cosine, sine);
  }
  diagonal[first] -= moved;
  beside[first] = chased;
  beside[last] = 0;
}

/** (row, other) becomes (c · row − s · other, s · row + c · other). */
export function rotateRowsInto(data: Float64Array, columns: number, row: number, other: number, cosine: number, sine: number): void {
  const a = row * columns;
  const b = other * columns;
  for (let j = 0; j < columns; j++) {
    const x = data[a + j];
    const y = data[b + j];
    data[a + j] = cosine * x - sine * y;
    data[b + j] = sine * x + cosine * y;
  }
}
