// Clouds that resemble embeddings: people with several images, unit rows about a mean of their own, a falling spectrum, noise of each network's own.
import { createRandom, matrix32 } from "facebridge/core";
import { normaliseRows } from "facebridge/align";

export const imagesPerPerson = 5;
/** Directions of what networks see in common. */
const sharedWidth = 256;

/** Rows of several networks for the same images, image i being of person floor(i / 5); widths[k] is the width of network k. */
export async function makeClouds({ seed, count, widths }, engine) {
  const random = createRandom(seed);
  const seen = matrix32(count, sharedWidth);
  const person = new Float32Array(sharedWidth);
  for (let i = 0, k = 0; i < count; i++) {
    if (i % imagesPerPerson === 0) for (let j = 0; j < sharedWidth; j++) person[j] = random.normal() / Math.sqrt(1 + j / 32);
    for (let j = 0; j < sharedWidth; j++, k++) seen.data[k] = person[j] + random.normal() / Math.sqrt(1 + j / 32);
  }
  const clouds = [];
  for (const width of widths) {
    const mixing = matrix32(sharedWidth, width);
    for (let k = 0; k < mixing.data.length; k++) mixing.data[k] = random.normal() / Math.sqrt(sharedWidth);
    const rows = await engine.product(seen, mixing);
    const mean = Float32Array.from({ length: width }, () => 0.3 * random.normal());
    for (let k = 0; k < rows.data.length; k++) rows.data[k] += mean[k % width] + 0.4 * random.normal();
    clouds.push(normaliseRows(rows));
  }
  return clouds;
}
