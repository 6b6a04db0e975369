/** The candidate with the fewest edits to `word`, or null where none is near. */
export function nearestOf(word: string, candidates: readonly string[]): string | null {
  let nearest: string | null = null;
  let fewest = Math.floor(Math.max(3, word.length) / 3) + 1;
  for (const candidate of candidates) {
    const count = editCount(word.toLowerCase(), candidate.toLowerCase());
    if (count < fewest) {
      nearest = candidate;
      fewest = count;
    }
  }
  return nearest;
}

/** `; did you mean "…"?`, or nothing. */
export function suggest(word: string, candidates: readonly string[]): string {
  const nearest = nearestOf(word, candidates);
  return nearest === null ? "" : `; did you mean "${nearest}"?`;
}

/** The end of a message about a name that is not there: the nearest, and all that are. */
export function listKnown(word: string, known: readonly string[]): string {
  if (known.length === 0) return "; there are none";
  const hint = suggest(word, known);
  return `${hint || ";"} ${hint ? "There" : "there"} are: ${known.join(", ")}`;
}

/** Insertions, deletions and replacements that turn one word into the other (Levenshtein). */
function editCount(from: string, to: string): number {
  let counts = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      next.push(Math.min(counts[j] + 1, next[j - 1] + 1, counts[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1)));
    }
    counts = next;
  }
  return counts[to.length];
}
