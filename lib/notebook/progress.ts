import { startProgress, type Progress } from "../core/progress.js";
import { displayBundle, isInKernel } from "./display.js";

export interface NotebookProgressOptions {
  /** What the work is. @defaultValue "progress" */
  readonly label?: string;
  /** What is counted, in the plural. @defaultValue "steps" */
  readonly unit?: string;
  /** Milliseconds that only ever grow. @defaultValue performance.now */
  readonly clock?: () => number;
}

const displayPrefix = "progress-";
let barCount = 0;

/** Whether a display of this name is a bar of {@link progress}. */
export const isProgress = (displayId: string | null): boolean => displayId?.startsWith(displayPrefix) ?? false;

/**
 * A bar in the cell that runs, redrawn in place at most ten times a second, with rate and time left; in the end the count alone
 * stays. Outside a kernel only the end is written, as a line.
 *
 * @param total how many units the work has.
 * @example await runStudy(spec, { ...study, progress: progress(countEvaluations(spec), { unit: "evaluations" }) })
 */
export function progress(
  total: number,
  { label = "progress", unit = "steps", clock = () => performance.now() }: NotebookProgressOptions = {},
): Progress {
  const displayId = `${displayPrefix}${++barCount}`;
  const live = isInKernel();
  let isThere = false;
  const draw = (text: string): void => {
    displayBundle({ "text/plain": text }, live ? { displayId, update: isThere } : {});
    isThere = true;
  };
  return startProgress({
    label,
    total,
    unit,
    clock,
    intervalMs: 100,
    show: (line) => { if (live) draw(line); }, // prettier-ignore
    close: draw,
  });
}
