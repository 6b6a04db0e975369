/** Of `kept`, the entries from `from` to `to` − 1 are ascending and take the score in for the smallest of them, when it is larger. */
export function keepLargestInto(kept: Float64Array, score: number, from = 0, to: number = kept.length): void {
  if (score <= kept[from]) return;
  let place = from;
  for (; place + 1 < to && kept[place + 1] < score; place++) kept[place] = kept[place + 1];
  kept[place] = score;
}
