/** Where long work says how far it is. */
export interface Progress {
  /** `done` units of the total are finished. */
  update(done: number): void;
  /** The work ended: leaves the count and the time it took. */
  end(): void;
}

export interface ProgressOptions {
  readonly label: string;
  readonly total: number;
  /** What is counted, in the plural. */
  readonly unit: string;
  /** Milliseconds that only ever grow. */
  readonly clock: () => number;
  /** Writes text as it is. */
  readonly write: (text: string) => void;
  /** Redraw one line in place; otherwise a line is written every ten seconds. */
  readonly inPlace: boolean;
  /** Units that were finished before this start and do not count for the rate. @defaultValue 0 */
  readonly start?: number;
}

const barWidth = 24;

/** A bar with rate and time left. */
export function startProgress({ label, total, unit, clock, write, inPlace, start = 0 }: ProgressOptions): Progress {
  const begin = clock();
  const intervalMs = inPlace ? 100 : 10_000;
  let drawn = begin - (inPlace ? intervalMs : 0);
  let done = start;

  const line = (): string => {
    const seconds = (clock() - begin) / 1000;
    const rate = seconds > 0 ? (done - start) / seconds : 0;
    const left = rate > 0 ? formatSeconds((total - done) / rate) : "?";
    const share = total > 0 ? done / total : 1;
    const bar = "█".repeat(Math.round(share * barWidth)).padEnd(barWidth, "░");
    return `${label} ${bar} ${done}/${total} ${unit} · ${rate.toFixed(1)}/s · ${left} left`;
  };
  const draw = (): void => {
    drawn = clock();
    write(inPlace ? `\r\u001b[2K${line()}` : `${line()}\n`);
  };

  return {
    update(next: number): void {
      done = next;
      if (clock() - drawn >= intervalMs) draw();
    },
    end(): void {
      const text = `${label}: ${done}/${total} ${unit} in ${formatSeconds((clock() - begin) / 1000)}`;
      write(inPlace ? `\r\u001b[2K${text}\n` : `${text}\n`);
    },
  };
}

/** Nothing is shown. */
export const silent: Progress = { update: () => undefined, end: () => undefined };

function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
