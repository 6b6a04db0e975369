import { DataError } from "../core/errors.js";
import type { Pooling } from "../data/encoder-manifest.js";
import type { NetworkOutput } from "./network.js";

/**
 * One vector an image from what a network gave for `count` images: as it is, the class token's, or the mean over tokens or places.
 *
 * Tokens are count × tokens × d, the class token first; maps are count × d × height × width.
 *
 * @param name of the network and its output, for messages.
 * @returns count × d values.
 * @throws DataError when the shape does not fit the pooling, or vectors are not `dimension` long.
 */
export function poolOutput(
  { values, shape }: NetworkOutput,
  pooling: Pooling,
  count: number,
  dimension: number,
  name: string,
): Float32Array {
  const refuse = (needed: string): DataError =>
    new DataError(`${name} has shape ${shape.join(" × ")}, and pooling "${pooling}" needs ${needed}; correct output in its manifest`);
  switch (pooling) {
    case "none":
      if (values.length === count * dimension) return values;
      throw new DataError(
        `${name} has ${values.length / count} values an image, the manifest says ${dimension}; correct output.name or dimension`,
      );
    case "class-token":
    case "mean-patches":
    case "mean-tokens": {
      const [, tokens, width] = shape;
      const first = pooling === "mean-patches" ? 1 : 0;
      if (shape.length !== 3 || width !== dimension || tokens <= first) throw refuse(`images × tokens × ${dimension}`);
      const until = pooling === "class-token" ? 1 : tokens;
      return meanOver(values, { count, dimension, image: tokens * width, places: width, step: 1, first, until });
    }
    case "mean-map": {
      const [, width] = shape;
      if (shape.length !== 4 || width !== dimension) throw refuse(`images × ${dimension} × height × width`);
      const places = shape[2] * shape[3];
      return meanOver(values, { count, dimension, image: width * places, places: 1, step: places, first: 0, until: places });
    }
  }
}

/** Where values lie: image after image, place after place `places` apart, component after component `step` apart. */
interface Layout {
  readonly count: number;
  readonly dimension: number;
  readonly image: number;
  readonly places: number;
  readonly step: number;
  readonly first: number;
  readonly until: number;
}

function meanOver(values: Float32Array, { count, dimension, image, places, step, first, until }: Layout): Float32Array {
  const pooled = new Float32Array(count * dimension);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < dimension; j++) {
      let sum = 0;
      for (let k = first; k < until; k++) sum += values[i * image + k * places + j * step];
      pooled[i * dimension + j] = sum / (until - first);
    }
  }
  return pooled;
}
