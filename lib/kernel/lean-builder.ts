import type ts from "typescript";

/** With what the types of TypeScript 5.0 leave out: what the file's imports lead to. */
interface ImportingFile extends ts.SourceFile {
  readonly resolvedModules?: { forEach(visit: (found: { readonly resolvedModule?: ts.ResolvedModule }) => void): void };
}

/** And with what they leave out of the compiler. */
interface WholeCompiler {
  readonly bindSourceFile: (file: ts.SourceFile, options: ts.CompilerOptions) => void;
  /** From ES modules to CommonJS. */
  readonly transformModule: ts.CustomTransformerFactory;
}

/**
 * A builder that answers tslab's questions in less time than the usual one.
 *
 * It keeps no graph of who imports whom, which would be worked out anew with each cell, over all files, and takes as long as the check of the
 * cell itself: its `getAllDependencies` are the file and what it imports, on through sources; a declaration file's own imports are not asked
 * for. And it emits CommonJS, for which tslab would otherwise compile what was emitted a second time.
 */
export function createLeanBuilder(compiler: typeof ts): ts.CreateProgram<ts.BuilderProgram> {
  const { bindSourceFile: bind, transformModule } = compiler as unknown as WholeCompiler;
  // In `export { name }` tslab takes a name of an earlier cell for an expression; it is exported as it is.
  const isReexport = (node: ts.Node): boolean =>
    compiler.isExportDeclaration(node) &&
    node.exportClause !== undefined &&
    compiler.isNamedExports(node.exportClause) &&
    !node.exportClause.elements.every(({ name, propertyName = name }) => compiler.isIdentifier(propertyName));
  const dropReexports: ts.TransformerFactory<ts.SourceFile> = (context) => (file) =>
    compiler.visitEachChild(file, (node) => (isReexport(node) ? undefined : node), context);
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
    const emit = builder.emit.bind(builder);
    const emitCommonJs: typeof emit = (file, write, token, onlyDeclarations, { after = [], ...before } = {}) =>
      emit(file, write, token, onlyDeclarations, { ...before, after: [...after, dropReexports, transformModule] });
    return Object.assign(builder, { getAllDependencies, emit: emitCommonJs });
  };
}
