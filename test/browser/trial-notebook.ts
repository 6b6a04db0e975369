import { formatNotebook } from "../../lib/notebook/nbformat.js";
import { notebookOf } from "../kernel/notebooks.js";

/** Where the cells of the trial notebook are. */
export const trialCells = { imports: 1, cloud: 2, failure: 3, progress: 4, endless: 5, last: 6 } as const;

/** A notebook for what no notebook of the project shows: a 3-D cloud, an error, a progress bar, a cell that never ends. */
export const trialNotebook: string = formatNotebook({
  ...notebookOf(
    { kind: "markdown", source: "# A trial of the kernel\n\nWhat the notebooks of the project do not show." },
    `import { createRandom } from "facebridge/core";
import { drawCloud3d } from "facebridge/figures";
import { progress, showCloud } from "facebridge/notebook";`,
    `const random = createRandom(0);
const pointsOf = (label: string, shift: number) =>
  Array.from({ length: 200 }, (_, i) => ({
    label, note: \`\${label} \${i}\`,
    x: random.normal() + shift, y: random.normal(), z: random.normal(),
  }));
const points = [...pointsOf("mapped", 0), ...pointsOf("target", 3)];
const axes = ["First axis", "Second axis", "Third axis"] as const;
await showCloud(points, { title: "Two clouds", axes });`,
    `const rates = [0.97, 0.94];
const pick = (index: number): number => {
  if (index >= rates.length) throw new RangeError(\`no rate \${index}; there are two\`);
  return rates[index];
};
pick(2);`,
    `const bar = progress(20, { label: "maps", unit: "pairs" });
for (let done = 1; done <= 20; done++) {
  await new Promise((resolve) => setTimeout(resolve, 150));
  bar.update(done);
}
bar.end();`,
    "for (let step = 0; ; step++) Math.sqrt(step);",
    "points.length",
  ),
  metadata: { kernelspec: { name: "facebridge", display_name: "TypeScript (facebridge)", language: "typescript" } },
});
