/** Where long work says how far it is. */
export interface Progress {
  /** `done` units of the total are finished. */
  update(done: number): void;
  /** The work ended. */
  end(): void;
}

export interface ProgressOptions {
  readonly label: string;
  /** Infinity where it is not known. */
  readonly total: number;
  /** What is counted, in the plural. */
  readonly unit: string;
  /** Milliseconds that only ever grow. */
  readonly clock: () => number;
  /** Shows how far the work is; called no more often than once in `intervalMs`. */
  readonly show: (line: string) => void;
  readonly intervalMs: number;
  /** Shows the end: the count, and how long the work took. */
  readonly close: (count: string, time: string) => void;
  /** Units that were finished before this start and do not count for the rate. @defaultValue 0 */
  readonly start?: number;
  /** How counts and the rate are written; `unit` then only names what is counted. @defaultValue as they are */
  readonly format?: (count: number) => string;
}

const barWidth = 24;

/** A bar with rate and time left. */
export function startProgress({ label, total, unit, clock, show, intervalMs, close, start = 0, format }: ProgressOptions): Progress {
  const begin = clock();
  let shown = begin;
  let done = start;

  const counted = (): string => {
    const of = Number.isFinite(total) ? `/${format?.(total) ?? total}` : "";
    return `${format?.(done) ?? done}${of}${format ? "" : ` ${unit}`}`;
  };

  const line = (): string => {
    const seconds = (clock() - begin) / 1000;
    const rate = seconds > 0 ? (done - start) / seconds : 0;
    const left = rate > 0 && Number.isFinite(total) ? formatSeconds((total - done) / rate) : "?";
    const share = total > 0 ? Math.min(1, done / total) : 1;
    const bar = "█".repeat(Math.round(share * barWidth)).padEnd(barWidth, "░");
    return `${label} ${bar} ${counted()} · ${format?.(rate) ?? rate.toFixed(1)}/s · ${left} left`;
  };

  return {
    update(next: number): void {
      done = next;
      if (clock() - shown < intervalMs) return;
      shown = clock();
      show(line());
    },
    end(): void {
      close(`${label}: ${counted()}`, formatSeconds((clock() - begin) / 1000));
    },
  };
}

/** Nothing is shown. */
export const silent: Progress = { update: () => undefined, end: () => undefined };

/** Seconds as a reader says them: "42 s", "3 min 5 s", "2 h 10 min". */
export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
