import type { CellFailure, RunOptions } from "../kernel/index.js";
import { statusLine } from "./terminal.js";

/** What a run of a notebook tells, as a line on standard error. */
export interface NotebookFollower extends Required<Pick<RunOptions, "onCell" | "onProgress">> {
  /** The run ended, with the cell that stopped it. */
  readonly end: (failure: CellFailure | null) => void;
}

/**
 * Say which cell of a notebook runs, and what that cell says of its own work. Cells are of very different length, so how many have run
 * tells nothing of the time that is left; the bar of a cell does.
 */
export function followNotebook(name: string): NotebookFollower {
  const status = statusLine();
  let where = name;
  let count = 0;
  return {
    onCell: (progress) => {
      count = progress.count;
      where = `${name}: cell ${progress.index + 1} of ${count}`;
      status.show(where);
    },
    onProgress: (line) => {
      status.show(`${where}, ${line}`);
    },
    end: (failure) => {
      status.end(failure === null ? `${name}: ${count} cells` : `${where} failed`);
    },
  };
}
