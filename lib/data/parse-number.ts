/** The number that a whole text is, in decimal notation; NaN and infinities are numbers, too. Null where it is none. */
export function parseNumber(text: string): number | null {
  const trimmed = text.trim();
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed)) return Number(trimmed);
  if (/^nan$/i.test(trimmed)) return NaN;
  const infinity = /^([+-]?)inf(inity)?$/i.exec(trimmed);
  return infinity === null ? null : infinity[1] === "-" ? -Infinity : Infinity;
}
