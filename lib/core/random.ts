import { ValueError } from "./errors.js";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** A seeded stream of numbers: the same seed gives the same stream on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** Uniform integer in [0, count). */
  integer(count: number): number;
}

/**
 * Start the stream of `seed` (xoroshiro128+).
 *
 * @param seed an integer of 32 bits; neighbouring seeds give unrelated streams.
 * @throws ValueError when it is none.
 */
export function createRandom(seed: number): Random {
  if (seed !== (seed | 0)) throw new ValueError(`createRandom: got the seed ${seed}; give a whole number of 32 bits`);
  const generator = xoroshiro128plus(scatter(seed));
  for (let i = 0; i < 16; i++) generator.next(); // few bits of its state come from the seed, and these draws spread them
  const uniform = (): number => uniformFloat64(generator);
  let spare: number | null = null;
  return {
    uniform,
    integer: (count: number): number => {
      if (!(count >= 1)) throw new ValueError(`integer: got the count ${count}; there must be at least one number to draw from`);
      return uniformInt(generator, 0, count - 1);
    },
    normal: (): number => {
      if (spare !== null) {
        const value = spare;
        spare = null;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
  };
}

/** Every bit of the result hangs on every bit of `seed` (the finalizer of MurmurHash3). */
function scatter(seed: number): number {
  let bits = seed | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

/** The numbers 0 … count − 1 in random order (Fisher–Yates). */
export function permutation(count: number, random: Random): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    const swapped = order[i];
    order[i] = order[j];
    order[j] = swapped;
  }
  return order;
}
