import { radixOrderInto } from "../metrics/radix-order.js";

/**
 * What pushes the points of a t-SNE picture apart: for each point i the sum of qᵢⱼ² (yᵢ − yⱼ) over the others, qᵢⱼ = 1 / (1 + ‖yᵢ − yⱼ‖²), and
 * Σ qᵢⱼ over all pairs.
 *
 * Points far away from i count together, as their number at their centre, when their cell is less wide than `angle` times its distance.
 *
 * @see Barnes, Hut 1986, doi:10.1038/324446a0; van der Maaten 2014, JMLR 15, section 4.2
 */
export interface Repulsion {
  /** Fill `forces` (n × d) for `points` (n × d), and return Σ q. @param angle 0 counts every pair by itself. */
  computeInto(forces: Float64Array, points: Float64Array, angle: number): number;
}

/** A cell of so few points is not divided. */
const bucketSize = 6;

/** Cells are halved so often at most, in the plane and in space: their numbers along a curve through all cells then fit 32 bits. */
const depths = { 2: 16, 3: 10 } as const;

/** Room for the cells of so many points, to be used again and again. */
export function createRepulsion(count: number, dimensions: 2 | 3): Repulsion {
  const depth = depths[dimensions];
  const cells = 1 << dimensions;
  const codes = new Uint32Array(count);
  const order = new Uint32Array(count);
  const spare = new Uint32Array(count);
  const sorted = new Float64Array(count * dimensions);
  const sortedCodes = new Uint32Array(count);
  // Every cell that is kept has a point that no other cell of its depth has.
  const room = count * (depth + 1);
  const mass = new Float64Array(room);
  const centre = new Float64Array(room * dimensions);
  const width2 = new Float64Array(room);
  /** The cell that follows when the inside of this one is passed over. */
  const next = new Int32Array(room);
  /** Points of a cell that is not divided; `last` is 0 for one that is. */
  const first = new Int32Array(room);
  const last = new Int32Array(room);
  let cellCount = 0;

  /** Cells of points `from` … `to` − 1, all in one cell at `level`, in the order in which a walk meets them. */
  const divide = (from: number, to: number, level: number, width: number): void => {
    const cell = cellCount++;
    for (let a = 0; a < dimensions; a++) {
      let sum = 0;
      for (let k = from; k < to; k++) sum += sorted[k * dimensions + a];
      centre[cell * dimensions + a] = sum / (to - from);
    }
    mass[cell] = to - from;
    width2[cell] = width * width;
    if (to - from <= bucketSize || level === depth) {
      first[cell] = from;
      last[cell] = to;
    } else {
      last[cell] = 0;
      const shift = dimensions * (depth - level - 1);
      for (let begin = from; begin < to;) {
        const child = (sortedCodes[begin] >>> shift) & (cells - 1);
        let end = begin + 1;
        while (end < to && ((sortedCodes[end] >>> shift) & (cells - 1)) === child) end++;
        divide(begin, end, level + 1, width / 2);
        begin = end;
      }
    }
    next[cell] = cellCount;
  };

  const plant = (points: Float64Array): void => {
    const { low, width } = boundsOf(points, dimensions);
    const scale = width > 0 ? 2 ** depth / width : 0;
    for (let i = 0; i < count; i++) {
      let code = 0;
      for (let a = 0; a < dimensions; a++) {
        const place = Math.min(2 ** depth - 1, Math.floor((points[i * dimensions + a] - low[a]) * scale));
        code |= (dimensions === 2 ? spreadBy2(place) : spreadBy3(place)) << a;
      }
      codes[i] = code;
    }
    radixOrderInto(order, codes, spare);
    for (let k = 0; k < count; k++) {
      const i = order[k];
      sortedCodes[k] = codes[i];
      for (let a = 0; a < dimensions; a++) sorted[k * dimensions + a] = points[i * dimensions + a];
    }
    cellCount = 0;
    divide(0, count, 0, width);
  };

  const walkPlane = (forces: Float64Array, angle2: number): number => {
    let total = 0;
    for (let k = 0; k < count; k++) {
      const x = sorted[2 * k];
      const y = sorted[2 * k + 1];
      let forceX = 0;
      let forceY = 0;
      for (let cell = 0; cell < cellCount;) {
        const end = last[cell];
        if (end > 0) {
          for (let j = first[cell]; j < end; j++) {
            const dx = x - sorted[2 * j];
            const dy = y - sorted[2 * j + 1];
            const q = 1 / (1 + dx * dx + dy * dy);
            total += q;
            forceX += q * q * dx;
            forceY += q * q * dy;
          }
          cell = next[cell];
          continue;
        }
        const dx = x - centre[2 * cell];
        const dy = y - centre[2 * cell + 1];
        const distance2 = dx * dx + dy * dy;
        if (width2[cell] < angle2 * distance2) {
          const q = 1 / (1 + distance2);
          const weight = mass[cell] * q;
          total += weight;
          forceX += weight * q * dx;
          forceY += weight * q * dy;
          cell = next[cell];
        } else cell++;
      }
      total -= 1; // the point itself, at no distance
      forces[2 * order[k]] = forceX;
      forces[2 * order[k] + 1] = forceY;
    }
    return total;
  };

  const walkSpace = (forces: Float64Array, angle2: number): number => {
    let total = 0;
    for (let k = 0; k < count; k++) {
      const x = sorted[3 * k];
      const y = sorted[3 * k + 1];
      const z = sorted[3 * k + 2];
      let forceX = 0;
      let forceY = 0;
      let forceZ = 0;
      for (let cell = 0; cell < cellCount;) {
        const end = last[cell];
        if (end > 0) {
          for (let j = first[cell]; j < end; j++) {
            const dx = x - sorted[3 * j];
            const dy = y - sorted[3 * j + 1];
            const dz = z - sorted[3 * j + 2];
            const q = 1 / (1 + dx * dx + dy * dy + dz * dz);
            total += q;
            forceX += q * q * dx;
            forceY += q * q * dy;
            forceZ += q * q * dz;
          }
          cell = next[cell];
          continue;
        }
        const dx = x - centre[3 * cell];
        const dy = y - centre[3 * cell + 1];
        const dz = z - centre[3 * cell + 2];
        const distance2 = dx * dx + dy * dy + dz * dz;
        if (width2[cell] < angle2 * distance2) {
          const q = 1 / (1 + distance2);
          const weight = mass[cell] * q;
          total += weight;
          forceX += weight * q * dx;
          forceY += weight * q * dy;
          forceZ += weight * q * dz;
          cell = next[cell];
        } else cell++;
      }
      total -= 1;
      forces[3 * order[k]] = forceX;
      forces[3 * order[k] + 1] = forceY;
      forces[3 * order[k] + 2] = forceZ;
    }
    return total;
  };

  return {
    computeInto(forces, points, angle): number {
      plant(points);
      return dimensions === 2 ? walkPlane(forces, angle * angle) : walkSpace(forces, angle * angle);
    },
  };
}

/** The least coordinates, and the side of the square or cube that holds all points. */
function boundsOf(points: Float64Array, dimensions: number): { readonly low: Float64Array; readonly width: number } {
  const low = new Float64Array(dimensions).fill(Infinity);
  const high = new Float64Array(dimensions).fill(-Infinity);
  for (let k = 0; k < points.length; k++) {
    const axis = k % dimensions;
    low[axis] = Math.min(low[axis], points[k]);
    high[axis] = Math.max(high[axis], points[k]);
  }
  return { low, width: Math.max(...high.map((value, axis) => value - low[axis])) };
}

/** The 16 bits of `place`, each followed by a zero. */
function spreadBy2(place: number): number {
  let bits = (place | (place << 8)) & 0x00ff00ff;
  bits = (bits | (bits << 4)) & 0x0f0f0f0f;
  bits = (bits | (bits << 2)) & 0x33333333;
  return (bits | (bits << 1)) & 0x55555555;
}

/** The 10 bits of `place`, each followed by two zeros. */
function spreadBy3(place: number): number {
  let bits = (place | (place << 16)) & 0x030000ff;
  bits = (bits | (bits << 8)) & 0x0300f00f;
  bits = (bits | (bits << 4)) & 0x030c30c3;
  return (bits | (bits << 2)) & 0x09249249;
}
