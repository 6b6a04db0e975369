import { writeAtomically } from "./atomic-file.js";

/** Something to tell about an image, a person or a row. */
export interface ToldProblem {
  readonly image: string;
  readonly problem: string;
  readonly detail: string;
}

/** Write problems as a tab-separated table, one a line; its folder is made where there is none. */
export async function writeProblems(file: string, problems: readonly ToldProblem[]): Promise<void> {
  const lines = problems.map(({ image, problem, detail }) => [image, problem, detail.replace(/\s+/g, " ")].join("\t"));
  await writeAtomically(file, [Buffer.from(["image\tproblem\tdetail", ...lines, ""].join("\n"))]);
}
