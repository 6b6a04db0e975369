/** Ascending `kept` takes the score in for its smallest, when it is larger. */
export function keepLargestInto(kept: Float64Array, score: number): void {
  if (score <= kept[0]) return;
  let place = 0;
  for (; place + 1 < kept.length && kept[place + 1] < score; place++) kept[place] = kept[place + 1];
  kept[place] = score;
}
