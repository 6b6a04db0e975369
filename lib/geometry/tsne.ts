import { ShapeError, ValueError } from "../core/errors.js";
import { matrix32, type Matrix32 } from "../core/matrix.js";
import { silent, type Progress } from "../core/progress.js";
import type { Random } from "../core/random.js";
import type { Engine } from "../linalg/engine.js";
import { startPace } from "../linalg/pace.js";
import { createRepulsion, type Repulsion } from "./barnes-hut.js";
import { componentCount, principalComponents } from "./cloud-map.js";
import { findNeighbours } from "./neighbours.js";
import { jointAffinities, type Affinities } from "./tsne-affinities.js";

export interface TsneOptions {
  /** Of the picture. */
  readonly dimensions: 2 | 3;
  readonly random: Random;
  readonly engine: Engine;
  /** How many neighbours a point is drawn to, smoothly counted; three times as many are looked at. @defaultValue 30 */
  readonly perplexity?: number;
  /** Steps of the descent, the first quarter of them exaggerated. @defaultValue 1000 */
  readonly steps?: number;
  readonly signal?: AbortSignal | undefined;
  /** Counts steps. @defaultValue silent */
  readonly progress?: Progress;
}

/** A cell counts as one point when it is less wide than this times its distance. */
const angle = 0.5;
const exaggeration = 12;

/**
 * A 2-D or 3-D picture of n × d points by t-SNE on their principal components, with the forces of Barnes and Hut.
 *
 * Minimises KL(P ‖ Q) with P of `jointAffinities` over all nearest neighbours, found exactly, and qᵢⱼ ∝ 1 / (1 + ‖yᵢ − yⱼ‖²). Starts from the
 * first principal components, scaled to a spread of 1e-4; attraction is multiplied by 12 at first, momentum is 0.5 and then 0.8, and the
 * learning rate is n / 48 and at least 50 for the gradient as published, with its factor 4.
 *
 * Neighbourhoods are kept where they can be; distances between far groups, their sizes, their densities and the axes mean nothing. Clouds
 * that are to be compared are stacked and mapped in one call: two pictures have no coordinates in common.
 *
 * @returns n × `dimensions`, about the origin.
 * @throws ShapeError when there are too few points for the perplexity; ValueError when a value is not finite, all points are equal, or an
 * option is out of range.
 * @see van der Maaten 2014, JMLR 15, 3221; Belkina et al. 2019, doi:10.1038/s41467-019-13055-y, for start and learning rate
 */
export async function mapCloudTsne(
  points: Matrix32,
  { dimensions, random, engine, perplexity = 30, steps = 1000, signal, progress = silent }: TsneOptions,
): Promise<Matrix32> {
  if (!(perplexity >= 1)) throw new ValueError(`mapCloudTsne: got a perplexity of ${perplexity}; it must be at least 1`);
  if (!(Number.isInteger(steps) && steps >= 1)) {
    throw new ValueError(`mapCloudTsne: got ${steps} steps; give a whole number from 1 on`);
  }
  const neighbours = Math.floor(3 * perplexity) + 1;
  if (points.rows <= neighbours || points.columns < dimensions) {
    throw new ShapeError(
      `mapCloudTsne: got ${points.rows} × ${points.columns} points for a perplexity of ${perplexity} in ${dimensions} dimensions; it needs more than ${neighbours} points and ${dimensions} columns`,
    );
  }
  const components = await principalComponents(points, Math.min(componentCount, points.columns), engine);
  const picture = startingPoints(components, dimensions, random);
  const affinities = jointAffinities(await findNeighbours(components, neighbours, { engine, signal, nearness: "euclidean" }), perplexity);
  await descend(picture, affinities, { dimensions, steps, signal, progress });
  return matrix32(points.rows, dimensions, Float32Array.from(picture));
}

/** The first components at a spread of 1e-4, and a hundredth of it at random so that no two points start in one place. */
function startingPoints({ rows, columns, data }: Matrix32, dimensions: number, random: Random): Float64Array {
  let energy = 0;
  for (let i = 0; i < rows; i++) energy += data[i * columns] ** 2;
  if (!(energy > 0)) throw new ValueError(`mapCloudTsne: all ${rows} points are equal; a picture needs points that differ`);
  const scale = 1e-4 / Math.sqrt(energy / rows);
  return Float64Array.from({ length: rows * dimensions }, (_, k) => {
    const i = Math.floor(k / dimensions);
    return scale * data[i * columns + (k - i * dimensions)] + 1e-6 * random.normal();
  });
}

type Descent = Required<Pick<TsneOptions, "dimensions" | "steps" | "progress">> & Pick<TsneOptions, "signal">;

/** Move the points of `picture` (n × d) to where KL(P ‖ Q) is small: gradient descent with momentum and a gain for each coordinate. */
async function descend(picture: Float64Array, affinities: Affinities, { dimensions, steps, signal, progress }: Descent): Promise<void> {
  const rows = picture.length / dimensions;
  const repulsion = createRepulsion(rows, dimensions);
  const gradient = new Float64Array(picture.length);
  const update = new Float64Array(picture.length);
  const gains = new Float64Array(picture.length).fill(1);
  const rate = Math.max(rows / (4 * exaggeration), 50);
  const early = Math.floor(steps / 4);
  const pace = startPace(signal);
  for (let step = 0; step < steps; step++) {
    gradientInto(gradient, picture, affinities, { dimensions, repulsion, exaggeration: step < early ? exaggeration : 1 });
    const momentum = step < early ? 0.5 : 0.8;
    for (let k = 0; k < picture.length; k++) {
      gains[k] = update[k] * gradient[k] < 0 ? gains[k] + 0.2 : Math.max(0.01, gains[k] * 0.8);
      update[k] = momentum * update[k] - rate * gains[k] * gradient[k];
      picture[k] += update[k];
    }
    centreInto(picture, dimensions);
    progress.update(step + 1);
    if (pace.spend(rows * 500)) await pace.turn();
  }
  progress.end();
}

interface GradientOptions {
  readonly dimensions: 2 | 3;
  readonly repulsion: Repulsion;
  readonly exaggeration: number;
  /** Of Barnes and Hut; 0 takes every pair by itself. @defaultValue 0.5 */
  readonly cellAngle?: number;
}

/** gradient = 4 (exaggeration · Σⱼ pᵢⱼ qᵢⱼ (yᵢ − yⱼ) − Σⱼ qᵢⱼ² (yᵢ − yⱼ) / Σ q) of each point i. */
export function gradientInto(
  gradient: Float64Array,
  picture: Float64Array,
  { starts, columns, values }: Affinities,
  { dimensions, repulsion, exaggeration, cellAngle = angle }: GradientOptions,
): void {
  const total = repulsion.computeInto(gradient, picture, cellAngle);
  const rows = starts.length - 1;
  const isSpace = dimensions === 3;
  for (let i = 0; i < rows; i++) {
    const at = i * dimensions;
    const x = picture[at];
    const y = picture[at + 1];
    const z = isSpace ? picture[at + 2] : 0;
    let forceX = 0;
    let forceY = 0;
    let forceZ = 0;
    for (let k = starts[i]; k < starts[i + 1]; k++) {
      const other = columns[k] * dimensions;
      const dx = x - picture[other];
      const dy = y - picture[other + 1];
      const dz = isSpace ? z - picture[other + 2] : 0;
      const weight = values[k] / (1 + dx * dx + dy * dy + dz * dz);
      forceX += weight * dx;
      forceY += weight * dy;
      forceZ += weight * dz;
    }
    gradient[at] = 4 * (exaggeration * forceX - gradient[at] / total);
    gradient[at + 1] = 4 * (exaggeration * forceY - gradient[at + 1] / total);
    if (isSpace) gradient[at + 2] = 4 * (exaggeration * forceZ - gradient[at + 2] / total);
  }
}

function centreInto(picture: Float64Array, dimensions: number): void {
  const rows = picture.length / dimensions;
  for (let axis = 0; axis < dimensions; axis++) {
    let sum = 0;
    for (let k = axis; k < picture.length; k += dimensions) sum += picture[k];
    for (let k = axis; k < picture.length; k += dimensions) picture[k] -= sum / rows;
  }
}
