/** One of `count` shares of a work, from 1 on. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** `i/n`, such as 2/8; null for anything else. */
export function parseShard(text: string): Shard | null {
  const [index, count] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).slice(1).map(Number);
  return count > 0 && index >= 1 && index <= count ? { index, count } : null;
}

/** The share of a shard: from which unit on, and up to which one, that is not its own. */
export function shareOf(unitCount: number, { index, count }: Shard): [first: number, last: number] {
  return [Math.floor(((index - 1) * unitCount) / count), Math.floor((index * unitCount) / count)];
}
