import { writeFileSync } from "node:fs";
import { createRandom, matrix32 } from "facebridge/core";

/** Unit rows of `latent` independent numbers, each heard in all of the columns, and noise: as wide as embeddings, and as flat. */
export function madeRows({ rows, columns, latent = 32, noise = 0.1, seed }) {
  const random = createRandom(seed);
  const weights = Float64Array.from({ length: latent * columns }, () => random.normal());
  const made = matrix32(rows, columns);
  const code = new Float64Array(latent);
  const row = new Float64Array(columns);
  for (let i = 0; i < rows; i++) {
    for (let l = 0; l < latent; l++) code[l] = random.normal();
    for (let j = 0; j < columns; j++) row[j] = noise * Math.sqrt(latent) * random.normal();
    for (let l = 0; l < latent; l++) for (let j = 0; j < columns; j++) row[j] += code[l] * weights[l * columns + j];
    const norm = Math.hypot(...row);
    for (let j = 0; j < columns; j++) made.data[i * columns + j] = row[j] / norm;
  }
  return made;
}

/** Write float32 rows for the peer to read. */
export function writeRows(file, { data }) {
  writeFileSync(file, Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  return file;
}

export async function timed(work) {
  const start = performance.now();
  const value = await work();
  return { value, seconds: (performance.now() - start) / 1000 };
}

export const best = (times) => Math.min(...times);
