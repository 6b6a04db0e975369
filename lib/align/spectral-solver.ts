import { matrix64, type Matrix64 } from "../core/matrix.js";
import type { Engine } from "../linalg/engine.js";
import type { MomentsOptions } from "./cloud.js";
import { liveDirections, type LiveDirections } from "./live-directions.js";
import type { Moments } from "./moments.js";

/** (G + λ I)⁻¹ C for any λ, on the live directions V of G. */
export interface SpectralSolver {
  readonly directions: LiveDirections;
  /** Vᵀ C, rank × q. */
  readonly projected: Matrix64;
}

const known = new WeakMap<Engine, WeakMap<Moments, SpectralSolver>>();

/**
 * Prepare the solves for one source and target, once for a pair and an engine; the source's eigendecomposition is shared with its other
 * targets.
 */
export async function spectralSolver(moments: Moments, options: MomentsOptions): Promise<SpectralSolver> {
  const { engine, signal } = options;
  const solvers = known.get(engine) ?? new WeakMap<Moments, SpectralSolver>();
  known.set(engine, solvers);
  const found = solvers.get(moments);
  if (found !== undefined) return found;
  const directions = await liveDirections(moments.source, options);
  const projected = await engine.product(directions.vectors, moments.cross, { transposeLeft: true, signal });
  const solver = Object.freeze({ directions, projected });
  solvers.set(moments, solver);
  return solver;
}

/** V (Λ + λ)⁻¹ Vᵀ C, p × q. */
export function solveSpectral(solver: SpectralSolver, lambda: number, { engine, signal }: MomentsOptions): Promise<Matrix64> {
  return engine.product(solver.directions.vectors, shrunken(solver, lambda), { signal });
}

/** (Λ + λ)⁻¹ Vᵀ C, rank × q: the weights of rows that are given in the live directions. */
export function shrunken({ directions, projected: { rows, columns, data } }: SpectralSolver, lambda: number): Matrix64 {
  const result = matrix64(rows, columns);
  for (let i = 0; i < rows; i++) {
    const divisor = directions.values[i] + lambda;
    for (let j = 0; j < columns; j++) result.data[i * columns + j] = data[i * columns + j] / divisor;
  }
  return result;
}

/** 2 tr(WᵀC) − tr(WᵀG W) of W = (G + λ I)⁻¹ C. */
export function explainedBy({ directions: { values }, projected: { rows, columns, data } }: SpectralSolver, lambda: number): number {
  let explained = 0;
  for (let i = 0, k = 0; i < rows; i++) {
    let energy = 0;
    for (let j = 0; j < columns; j++, k++) energy += data[k] * data[k];
    explained += ((values[i] + 2 * lambda) / (values[i] + lambda) ** 2) * energy;
  }
  return explained;
}
