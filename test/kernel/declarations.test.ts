import { createRequire } from "node:module";
import path from "node:path";
import type ts from "typescript";
import { expect, test } from "vitest";
import { projectFolder } from "../../lib/data/locate.js";

const requireOfTslab = createRequire(createRequire(import.meta.url).resolve("tslab/dist/main.js"));
const kernelTs = requireOfTslab("@tslab/typescript-for-tslab") as typeof ts;

/** What the kernel's compiler says of a file that imports the compiled package, and the other packages that it reads for it. */
function check(source: string): { readonly findings: string[]; readonly packages: string[] } {
  const file = path.join(projectFolder, "test", "kernel", "imagined.mts");
  const options: ts.CompilerOptions = {
    target: kernelTs.ScriptTarget.ES2022,
    module: kernelTs.ModuleKind.ESNext,
    moduleResolution: kernelTs.ModuleResolutionKind.Bundler,
    strict: true,
    skipLibCheck: false,
    noEmit: true,
    lib: ["lib.es2023.d.ts", "lib.dom.d.ts"],
    types: ["node"],
  };
  const host = kernelTs.createCompilerHost(options);
  const fileExists = host.fileExists.bind(host);
  const getSourceFile = host.getSourceFile.bind(host);
  host.fileExists = (name) => name === file || fileExists(name);
  host.getSourceFile = (name, version) => (name === file ? kernelTs.createSourceFile(name, source, version) : getSourceFile(name, version));
  const program = kernelTs.createProgram([file], options, host);
  const packages = program.getSourceFiles().map(({ fileName }) => /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(fileName)?.[1] ?? "");
  const ours = program
    .getSourceFiles()
    .filter(({ fileName }) => fileName === file || fileName.startsWith(path.join(projectFolder, "dist")));
  const findings = ours.flatMap((one) =>
    [...program.getSyntacticDiagnostics(one), ...program.getSemanticDiagnostics(one)].map(
      ({ messageText }) => `${path.relative(projectFolder, one.fileName)}: ${kernelTs.flattenDiagnosticMessageText(messageText, " ")}`,
    ),
  );
  return { findings, packages: [...new Set(packages)].filter((name) => name !== "").sort() };
}

test("the kernel's TypeScript reads every declaration of the package", () => {
  expect(kernelTs.version).toMatch(/^5\.0\./);
  const layers = ["core", "linalg", "data", "encoders", "align", "metrics", "geometry", "study", "figures", "notebook", "kernel"];
  const { findings, packages } = check(['import "facebridge";', ...layers.map((layer) => `import "facebridge/${layer}";`)].join("\n"));
  expect(findings).toEqual([]);
  // Each file more is one more to look at for each cell: TensorFlow.js has 294, the RxJS of nodeplotlib 189.
  const platform = ["@tslab/typescript-for-tslab", "@types/node", "undici-types"];
  expect(packages).toEqual([...platform, "@types/d3", "@types/plotly.js", "danfojs-node", "table", "xlsx"].sort());
}, 60_000);

test("typed arrays are not turned into any by it", () => {
  const wrong = 'import { matrix32 } from "facebridge/core";\nmatrix32(1, 1).data = "text";\nconst n: string = matrix32(1, 1).data;';
  expect(check(wrong).findings).toEqual([
    expect.stringContaining("Cannot assign to 'data'"),
    expect.stringContaining("Type 'Float32Array' is not assignable to type 'string'"),
  ]);
}, 60_000);
