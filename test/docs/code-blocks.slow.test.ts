import path from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { projectFolder } from "../../lib/data/locate.js";
import { listBlocks } from "./pages.js";

const blocks = listBlocks("ts");

/**
 * The blocks as programs, by where they stand: one whose first line names a file of the project stands there, among its neighbours; the others of a
 * page are one program that imports the package, as the cells of a notebook are.
 */
function listPrograms(): Map<string, string> {
  const programs = new Map<string, string>();
  for (const { page, code } of blocks) {
    const [, file = `test/docs/${page.replaceAll(/\W/g, "-")}.ts`] = /^\/\/ ((?:lib|test)\/\S+\.ts)\n/.exec(code) ?? [];
    const place = path.join(projectFolder, file);
    programs.set(place, `${programs.get(place) ?? ""}${code}`);
  }
  return programs;
}

/** What the compiler says of files that are on no disk, under the project's own strict options. */
function compile(sources: ReadonlyMap<string, string>): string[] {
  const { config } = ts.readConfigFile(path.join(projectFolder, "tsconfig.json"), ts.sys.readFile.bind(ts.sys)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, projectFolder);
  const own = { ...options, rootDir: projectFolder, noEmit: true, incremental: false, isolatedDeclarations: false, declaration: false };
  delete own.tsBuildInfoFile;
  const host = ts.createCompilerHost(own);
  const given: ts.CompilerHost = {
    ...host,
    fileExists: (file) => sources.has(file) || host.fileExists(file),
    readFile: (file) => sources.get(file) ?? host.readFile(file),
    getSourceFile: (file, language) => {
      const text = sources.get(file);
      return text === undefined ? host.getSourceFile(file, language) : ts.createSourceFile(file, text, language);
    },
  };
  const program = ts.createProgram([...sources.keys()], own, given);
  return [...sources.keys()].flatMap((file) => {
    const source = program.getSourceFile(file);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(({ messageText }) => `${path.relative(projectFolder, file)}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`);
  });
}

test("every TypeScript block of the pages compiles against the package, and one with a mistake does not", () => {
  const wrong = path.join(projectFolder, "test/docs/wrong.ts");
  const mistake = 'import { runStudy } from "facebridge/study";\nawait runStudy({ seed: "0" });\n';
  const found = compile(listPrograms().set(wrong, mistake));
  expect(found.map((line) => line.slice(0, line.indexOf(":")))).toEqual(["test/docs/wrong.ts"]);
});
