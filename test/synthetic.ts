import { matrix32, matrix64, type Matrix32, type Matrix64 } from "../lib/core/matrix.js";
import { createRandom, type Random } from "../lib/core/random.js";

/** Standard normal float64 entries. */
export function gaussian(rows: number, columns: number, random: Random): Matrix64 {
  return matrix64(
    rows,
    columns,
    Float64Array.from({ length: rows * columns }, () => random.normal()),
  );
}

/** rows × columns with orthonormal columns (rows ≥ columns): Gram–Schmidt, twice, of Gaussian columns. */
export function orthonormal(rows: number, columns: number, random: Random): Matrix64 {
  const basis = Array.from({ length: columns }, () => Float64Array.from({ length: rows }, () => random.normal()));
  basis.forEach((vector, j) => {
    for (let pass = 0; pass < 2; pass++) {
      for (const earlier of basis.slice(0, j)) {
        const overlap = earlier.reduce((sum, value, i) => sum + value * vector[i], 0);
        for (let i = 0; i < rows; i++) vector[i] -= overlap * earlier[i];
      }
      const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
      for (let i = 0; i < rows; i++) vector[i] /= norm;
    }
  });
  return matrix64(
    rows,
    columns,
    Float64Array.from({ length: rows * columns }, (_, k) => basis[k % columns][Math.floor(k / columns)]),
  );
}

/** left · right by the definition, to check products against. */
export function multiply(left: Matrix64, right: Matrix64): Matrix64 {
  const product = matrix64(left.rows, right.columns);
  for (let i = 0; i < left.rows; i++) {
    for (let k = 0; k < left.columns; k++) {
      const value = left.data[i * left.columns + k];
      for (let j = 0; j < right.columns; j++) product.data[i * right.columns + j] += value * right.data[k * right.columns + j];
    }
  }
  return product;
}

export function transposed({ rows, columns, data }: Matrix64): Matrix64 {
  return matrix64(
    columns,
    rows,
    Float64Array.from({ length: rows * columns }, (_, k) => data[(k % rows) * columns + Math.floor(k / rows)]),
  );
}

/** U diag(values) Vᵀ with random orthonormal U and V. */
export function withSingularValues(rows: number, columns: number, values: readonly number[], random: Random): Matrix64 {
  const left = orthonormal(rows, values.length, random);
  const right = orthonormal(columns, values.length, random);
  const stretched = matrix64(
    rows,
    values.length,
    left.data.map((value, k) => value * values[k % values.length]),
  );
  return multiply(stretched, transposed(right));
}

export interface CloudPairOptions {
  readonly seed: number;
  readonly count: number;
  /** Width of the source. */
  readonly source: number;
  /** Width of the target. */
  readonly target: number;
  /** Standard deviation of what is added to target rows of unit scale. @defaultValue 0 */
  readonly noise?: number;
  /** Directions that the source fills. @defaultValue source */
  readonly sourceRank?: number;
  /** Images of one identity. @defaultValue 4 */
  readonly imagesPerIdentity?: number;
}

export interface CloudPair {
  readonly source: Matrix32;
  readonly target: Matrix32;
  readonly identities: readonly string[];
  /** The linear part that made the target, source × target, its smaller side orthonormal. */
  readonly weights: Matrix64;
  readonly offset: Float64Array;
}

/** Identities with a few images each, and the same images under a rotation, an offset and noise. */
export function cloudPair({
  seed,
  count,
  source,
  target,
  noise = 0,
  sourceRank = source,
  imagesPerIdentity = 4,
}: CloudPairOptions): CloudPair {
  const random = createRandom(seed);
  const latent = identityRows(count, sourceRank, imagesPerIdentity, random);
  const rows = sourceRank === source ? latent : multiply(latent, transposed(orthonormal(source, sourceRank, random)));
  const shift = Float64Array.from({ length: source }, () => random.normal());
  const rounded = matrix32(
    count,
    source,
    Float32Array.from(rows.data, (value, k) => value + shift[k % source]),
  );
  const weights = source >= target ? orthonormal(source, target, random) : transposed(orthonormal(target, source, random));
  const offset = Float64Array.from({ length: target }, () => random.normal());
  const mapped = multiply(matrix64(count, source, Float64Array.from(rounded.data)), weights);
  const data = Float32Array.from(mapped.data, (value, k) => value + offset[k % target] + noise * random.normal());
  const identities = Array.from({ length: count }, (_, i) => `made/${Math.floor(i / imagesPerIdentity)}`);
  return { source: rounded, target: matrix32(count, target, data), identities, weights, offset };
}

function identityRows(count: number, columns: number, imagesPerIdentity: number, random: Random): Matrix64 {
  const centres = gaussian(Math.ceil(count / imagesPerIdentity), columns, random);
  return matrix64(
    count,
    columns,
    Float64Array.from({ length: count * columns }, (_, k) => {
      const identity = Math.floor(Math.floor(k / columns) / imagesPerIdentity);
      return centres.data[identity * columns + (k % columns)] + 0.5 * random.normal();
    }),
  );
}

/** Multiples of 2⁻¹⁶ in [−0.5, 0.5) from a congruential generator: the rows that test/golden/make_golden_maps.py makes. */
export function congruentialRows(seed: number, rows: number, columns: number): Matrix64 {
  let state = seed >>> 0;
  return matrix64(
    rows,
    columns,
    Float64Array.from({ length: rows * columns }, () => {
      state = (Math.imul(1664525, state) + 1013904223) >>> 0;
      return (state >>> 16) / 65536 - 0.5;
    }),
  );
}
