import { DataError } from "../core/errors.js";
import { matrix64 } from "../core/matrix.js";
import { readSafetensors, writeSafetensors, type Tensor } from "../data/safetensors.js";
import { freezeCloud, type CloudMoments } from "./cloud.js";
import type { MomentPart } from "./moment-parts.js";
import type { Moments } from "./moments.js";

/** Some or all parts of the moments of one pair, as a file holds them. */
export interface SavedParts {
  /** What was summed: networks, sets, seed. Parts of different ones do not go together. */
  readonly of: Readonly<Record<string, string | number>>;
  /** Of all parts together. */
  readonly blockCount: number;
  readonly parts: readonly MomentPart[];
}

const format = "facebridge-moments/1";

/** Write parts to a safetensors file, whole or not at all, in float64. The same parts give the same bytes. */
export async function saveParts(file: string, { of, blockCount, parts }: SavedParts): Promise<void> {
  const tensors: Record<string, Tensor> = {};
  for (const [i, { moments }] of parts.entries()) {
    for (const side of ["source", "target"] as const) {
      const { mean, gram } = moments[side];
      tensors[`${i}_${side}_mean`] = { shape: [mean.length], data: mean };
      tensors[`${i}_${side}_gram`] = { shape: [gram.rows, gram.columns], data: gram.data };
    }
    tensors[`${i}_cross`] = { shape: [moments.cross.rows, moments.cross.columns], data: moments.cross.data };
  }
  const described = parts.map(({ first, level, moments: { count, identities } }) => ({ first, level, count, identities: [...identities] }));
  await writeSafetensors(file, tensors, { format, moments: JSON.stringify({ of, blockCount, parts: described }) });
}

/** What `saveParts` wrote. @throws DataError when the file is missing, damaged, or holds no such parts. */
export async function loadParts(file: string): Promise<SavedParts> {
  const { tensors, metadata } = await readSafetensors(file);
  const found = Object.hasOwn(metadata, "format") ? metadata.format : "none";
  if (found !== format) throw new DataError(`${file}: the format is ${found}; it must be ${format}, so name a file of facebridge moments`);
  const { of, blockCount, parts } = describedIn(metadata, file);
  return { of, blockCount, parts: parts.map((part, i) => partOf(part, i, tensors, file)) };
}

interface Described extends Pick<SavedParts, "of" | "blockCount"> {
  readonly parts: readonly {
    readonly first: number;
    readonly level: number;
    readonly count: number;
    readonly identities: readonly string[];
  }[];
}

function describedIn({ moments }: Readonly<Record<string, string | undefined>>, file: string): Described {
  try {
    const described = JSON.parse(moments ?? "") as Described;
    if (Array.isArray(described.parts)) return described;
  } catch {
    // said below
  }
  throw new DataError(`${file}: its metadata does not describe its parts; sum this shard again`);
}

function partOf(
  { first, level, count, identities: names }: Described["parts"][number],
  index: number,
  tensors: Readonly<Record<string, Tensor | undefined>>,
  file: string,
): MomentPart {
  const take = (name: string): { shape: readonly number[]; data: Float64Array } => {
    const tensor = tensors[`${index}_${name}`];
    if (!(tensor?.data instanceof Float64Array))
      throw new DataError(`${file}: there is no float64 array ${index}_${name}; sum this shard again`);
    return { shape: tensor.shape, data: tensor.data };
  };
  const identities = new Set(names);
  const cloud = (side: string): CloudMoments => {
    const gram = take(`${side}_gram`);
    const mean = take(`${side}_mean`).data;
    return freezeCloud({ count, mean, gram: matrix64(gram.shape[0], gram.shape[1], gram.data), rows: null, identities });
  };
  const cross = take("cross");
  const [source, target] = [cloud("source"), cloud("target")];
  const moments: Moments = Object.freeze({
    count,
    source,
    target,
    cross: matrix64(cross.shape[0], cross.shape[1], cross.data),
    identities,
  });
  return { first, level, moments };
}
