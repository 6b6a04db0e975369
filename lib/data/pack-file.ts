import { DataError } from "../core/errors.js";
import type { Matrix32 } from "../core/matrix.js";
import type { Engine } from "../linalg/engine.js";
import { packEmbeddings, type PackedEmbeddings, unpackEmbeddings } from "./pack-coding.js";
import type { Tensor } from "./safetensors.js";

/** What a packed file's metadata calls its coding. */
export const packCoding = "principal basis, uniform steps, deflate; version 1";

/** A packed set as the tensors of a safetensors file. */
export async function packTensors(embeddings: Matrix32, engine: Engine): Promise<Record<string, Tensor>> {
  const { rows, mean, basis, basisScale, step, rowScale, wide, codes } = await packEmbeddings(embeddings, { engine });
  const rank = step.length;
  return {
    mean: { shape: [mean.length], data: mean },
    basis: { shape: [rank, mean.length], data: basis },
    basisScale: { shape: [rank], data: basisScale },
    step: { shape: [rank], data: step },
    rowScale: { shape: [rows], data: rowScale },
    wide: { shape: [rank], data: wide },
    codes: { shape: [codes.length], data: codes },
  };
}

/** @throws DataError when a tensor is missing, or its type or shape does not fit the others. */
export function unpackTensors(
  tensors: Readonly<Record<string, Tensor | undefined>>,
  rows: number,
  file: string,
  engine: Engine,
): Promise<Matrix32> {
  const take = <T extends Tensor["data"]>(name: string, type: new () => T, shape?: readonly number[]): T => {
    const tensor = tensors[name];
    if (!tensor || !(tensor.data instanceof type) || (shape && shape.join() !== tensor.shape.join())) {
      const got = tensor ? `${tensor.data.constructor.name} of shape ${tensor.shape.join(" × ")}` : "nothing";
      throw new DataError(
        `${file}: tensor "${name}" must be a ${type.name}${shape ? ` of shape ${shape.join(" × ")}` : ""}, and is ${got}; get or build the pack again`,
      );
    }
    return tensor.data;
  };
  const mean = take("mean", Float32Array);
  const step = take("step", Float32Array);
  const rank = step.length;
  const shape = [rank, mean.length];
  const packed: PackedEmbeddings = {
    rows,
    mean,
    basis: tensors.basis?.data instanceof Int16Array ? take("basis", Int16Array, shape) : take("basis", Float32Array, shape),
    basisScale: take("basisScale", Float32Array, [rank]),
    step,
    rowScale: take("rowScale", Float32Array, [rows]),
    wide: take("wide", Uint8Array, [rank]),
    codes: take("codes", Uint8Array),
  };
  return unpackEmbeddings(packed, { engine });
}
