import type { ScoreLabels } from "./labels.js";

/** `columns`: the candidate each template belongs to; `owners`: the subject of each candidate. */
export function rankCandidates(
  { gallery }: ScoreLabels,
  unit: "subject" | "template",
): { columns: Int32Array; owners: Int32Array; candidateCount: number } {
  if (unit === "template") {
    const copies = new Map<number, number>();
    for (const subject of gallery) copies.set(subject, (copies.get(subject) ?? 0) + 1);
    let fewest = gallery.length;
    for (const count of copies.values()) fewest = Math.min(fewest, count);
    return { columns: Int32Array.from(gallery, (_, j) => j), owners: gallery, candidateCount: gallery.length - fewest + 1 };
  }
  const place = new Map<number, number>();
  for (const subject of gallery) if (!place.has(subject)) place.set(subject, place.size);
  return { columns: gallery.map((subject) => place.get(subject)!), owners: Int32Array.from(place.keys()), candidateCount: place.size };
}
