import type { ToldProblem } from "../data/problem-file.js";
import { print, textTable } from "./terminal.js";

/** Problems shown on the screen; the report file has all. */
const shownProblems = 20;

/** The first problems as a table, and where the others are. @param write takes them; else they are results. */
export function printProblems(problems: readonly ToldProblem[], report: string, write: (text: string) => void = print): void {
  if (problems.length === 0) return;
  const shown = problems.slice(0, shownProblems).map(({ image, problem, detail }) => [image, problem, detail]);
  write(textTable(["image", "problem", "detail"], shown));
  if (problems.length > shownProblems) write(`… and ${problems.length - shownProblems} more: ${report}`);
}

/** `2 × a, 1 × b`: how often there is each problem. */
export function countProblems(problems: readonly ToldProblem[]): string {
  const counts = new Map<string, number>();
  for (const { problem } of problems) counts.set(problem, (counts.get(problem) ?? 0) + 1);
  return [...counts].map(([problem, count]) => `${count} × ${problem}`).join(", ");
}
