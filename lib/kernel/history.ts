import type { Content } from "./wire.js";

interface Entry {
  readonly count: number;
  readonly input: string;
  output: string | null;
}

/** What was run in this session, for front-ends that ask. */
export interface History {
  add(count: number, input: string): void;
  /** The text of the result of that cell. */
  setOutput(count: number, output: string): void;
  /** Answer a history request: the last cells, a range of them, or those that match a pattern. */
  answer(request: Content): Content;
}

/** The number under which the session gives its own entries; 0 names it too. */
const session = 1;

export function createHistory(): History {
  const entries: Entry[] = [];
  return {
    add(count, input) {
      entries.push({ count, input, output: null });
    },
    setOutput(count, output) {
      const entry = entries.findLast((candidate) => candidate.count === count);
      if (entry) entry.output = output;
    },
    answer(request) {
      const found = select(entries, request);
      const history = found.map(({ count, input, output }) => [session, count, request.output === true ? [input, output] : input]);
      return { status: "ok", history };
    },
  };
}

function select(entries: readonly Entry[], request: Content): readonly Entry[] {
  const limit = typeof request.n === "number" && request.n > 0 ? request.n : Infinity;
  switch (request.hist_access_type) {
    case "tail":
      return entries.slice(-limit);
    case "range": {
      const { session: asked, start, stop } = request;
      if (asked !== undefined && asked !== 0 && asked !== session) return [];
      const [from, to] = [typeof start === "number" ? start : 0, typeof stop === "number" ? stop : Infinity];
      return entries.filter(({ count }) => count >= from && count < to);
    }
    case "search": {
      const pattern = wildcards(typeof request.pattern === "string" ? request.pattern : "*");
      const found = entries.filter(({ input }) => pattern.test(input));
      const last = new Map(found.map((entry) => [entry.input, entry]));
      return (request.unique === true ? found.filter((entry) => last.get(entry.input) === entry) : found).slice(-limit);
    }
    default:
      return [];
  }
}

/** `*` stands for any text, `?` for one character. */
function wildcards(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s");
}
