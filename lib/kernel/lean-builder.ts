import type ts from "typescript";

/** With what the types of TypeScript 5.0 leave out: what the file's imports lead to. */
interface ImportingFile extends ts.SourceFile {
  readonly resolvedModules?: { forEach(visit: (found: { readonly resolvedModule?: ts.ResolvedModule }) => void): void };
}

/**
 * A builder that answers tslab's questions and keeps no graph of who imports whom: the usual one works that graph out anew with each
 * cell, over all files, which takes as long as the check of the cell itself.
 *
 * Its `getAllDependencies` are the file and what it imports, on through sources; a declaration file's own imports are not asked for.
 */
export function createLeanBuilder(compiler: typeof ts): ts.CreateProgram<ts.BuilderProgram> {
  const { bindSourceFile: bind } = compiler as unknown as { bindSourceFile: (file: ts.SourceFile, options: ts.CompilerOptions) => void };
  return (...all) => {
    const builder = compiler.createAbstractBuilder(...all);
    // tslab reads the names that a cell declares before anything has asked for a checker, which would collect them.
    for (const file of builder.getSourceFiles()) if (!file.isDeclarationFile) bind(file, builder.getCompilerOptions());
    const getAllDependencies = (file: ts.SourceFile): string[] => {
      const names = new Set<string>();
      const visit = (one: ImportingFile | undefined): void => {
        if (one === undefined || names.has(one.fileName)) return;
        names.add(one.fileName);
        if (one.isDeclarationFile) return;
        one.resolvedModules?.forEach(({ resolvedModule }) => {
          if (resolvedModule) visit(builder.getSourceFile(resolvedModule.resolvedFileName));
        });
      };
      visit(file);
      return [...names];
    };
    return Object.assign(builder, { getAllDependencies });
  };
}
