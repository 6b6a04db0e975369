import { createRequire } from "node:module";
import type ts from "typescript";
import { createLeanBuilder } from "./lean-builder.js";
import { createLineMap, type LineMap } from "./line-map.js";
import { requireOfTslab } from "./tslab.js";

/** What the kernel uses of tslab's converter: TypeScript of one cell in, JavaScript and declarations out. */
export interface Converter {
  convert(declarations: string, source: string): Conversion;
  close(): void;
}

interface Conversion {
  output?: string;
  hasToplevelAwait?: boolean;
  readonly diagnostics: readonly unknown[];
}

type Compiler = typeof ts;

const require = createRequire(import.meta.url);

/** One converter, the compiler it runs on, and where its JavaScript came from. */
export interface CellCompiler {
  readonly converter: Converter;
  readonly ts: Compiler;
  /** Name the script of the cell that is compiled next; frames of its stack carry that name. */
  startCell(script: string): void;
  readonly lines: LineMap;
}

/**
 * tslab's converter with a strict compiler: package exports resolve (Bundler), ES2023 and DOM libraries, top-level await in
 * every form, and a source map from each cell's JavaScript back to its TypeScript.
 *
 * tslab hard-codes its options, so the two functions it calls are wrapped where it finds them: in the module cache.
 */
export function createCellCompiler(): CellCompiler {
  const requireFrom = requireOfTslab("createCellCompiler");
  const path = requireFrom.resolve("@tslab/typescript-for-tslab");
  const original = requireFrom(path) as Compiler;
  const lines = createLineMap();
  let script = "cell";

  const createWatchCompilerHost = (
    roots: readonly string[],
    options: ts.CompilerOptions,
    system: unknown,
    _createProgram: unknown,
    ...rest: readonly unknown[]
  ): unknown => {
    const strict: ts.CompilerOptions = {
      ...options,
      moduleResolution: original.ModuleResolutionKind.Bundler,
      strict: true,
      alwaysStrict: false, // which only leaves out "use strict"; a cell is checked as a module, and so as strict code
      lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
      disableTopLevelAwait: false,
      types: ["node"],
      inlineSourceMap: true,
    };
    const create = original.createWatchCompilerHost as (...all: readonly unknown[]) => unknown;
    return create(roots, strict, system, createLeanBuilder(original), ...rest);
  };
  // What it is given is CommonJS already.
  const transpileModule = (javascript: string): ts.TranspileOutput => {
    const { code, map } = takeInlineMap(javascript);
    lines.add(script, code.split("\n").length, map);
    return { outputText: code };
  };
  const patched: unknown = Object.create(original, {
    __esModule: { value: true },
    createWatchCompilerHost: { value: createWatchCompilerHost },
    transpileModule: { value: transpileModule },
  });
  requireFrom.cache[path]!.exports = patched;
  // A session keeps the modules that it has loaded, so it keeps their types too: a build beside it must not half-change them.
  const unwatched = (): ts.FileWatcher => ({ close: () => undefined });
  original.sys.watchFile = unwatched;
  original.sys.watchDirectory = unwatched;

  const { createConverter } = require("tslab/dist/converter.js") as { createConverter: (options: object) => Converter };
  const inner = createConverter({ isJS: false, isBrowser: false });
  const converter: Converter = {
    ...inner,
    convert: (declarations, source) => {
      const conversion = inner.convert(declarations, spellOutNames(original, declarations, source));
      if (conversion.output === undefined) return conversion;
      const hasToplevelAwait = conversion.hasToplevelAwait === true || awaitsAtTop(original, conversion.output);
      return { ...conversion, hasToplevelAwait, output: `${conversion.output}\n//# sourceURL=${script}` };
    },
  };
  return {
    converter,
    ts: original,
    lines,
    startCell: (name) => {
      script = name;
    },
  };
}

/** Whether the value of the last statement is one that nobody asked to see: that of an assignment. */
export function endsInAssignment({ ts }: CellCompiler, source: string): boolean {
  const last = ts.createSourceFile("cell.ts", source, ts.ScriptTarget.ES2022).statements.at(-1);
  if (!last || !ts.isExpressionStatement(last) || !ts.isBinaryExpression(last.expression)) return false;
  const { kind } = last.expression.operatorToken;
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

/**
 * Spell out what tslab gets wrong of names that earlier cells declare. It finds them in every expression but `{ name }`, where the cell would
 * fail with "name is not defined": so `{ name: name }`. And it takes the property in `{ name: other }`, if its type was declared earlier, for
 * a name: so `{ "name": other }`.
 */
function spellOutNames(ts: Compiler, declarations: string, source: string): string {
  const changes: { readonly start: number; readonly end: number; readonly text: string }[] = [];
  const file = ts.createSourceFile("cell.mts", source, ts.ScriptTarget.ES2022);
  const quote = (name: ts.Node | undefined): void => {
    if (name === undefined || !ts.isIdentifier(name) || !declarations.includes(name.text)) return;
    changes.push({ start: name.getStart(file), end: name.end, text: JSON.stringify(name.text) });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isShorthandPropertyAssignment(node) && declarations.includes(node.name.text))
      changes.push({ start: node.name.end, end: node.name.end, text: `: ${node.name.text}` });
    else if (ts.isBindingElement(node)) quote(node.propertyName);
    else if (ts.isPropertyAssignment(node)) quote(node.name);
    ts.forEachChild(node, visit);
  };
  visit(file);
  changes.sort((one, other) => one.start - other.start);
  return changes.reduceRight((text, { start, end, text: put }) => text.slice(0, start) + put + text.slice(end), source);
}

function awaitsAtTop(ts: Compiler, javascript: string): boolean {
  if (!/\bawait\b/.test(javascript)) return false;
  let found = false;
  const visit = (node: ts.Node): void => {
    if (found || ts.isFunctionLike(node)) return;
    found = ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier !== undefined);
    if (!found) ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("cell.mts", `export {};${javascript}`, ts.ScriptTarget.ES2022));
  return found;
}

function takeInlineMap(javascript: string): { readonly code: string; readonly map: string | undefined } {
  const found = /\n?\/\/# sourceMappingURL=(\S+)\s*$/.exec(javascript);
  if (!found) return { code: javascript, map: undefined };
  const base64 = /^data:application\/json;base64,(.*)$/.exec(found[1])?.[1];
  return { code: javascript.slice(0, found.index), map: base64 === undefined ? undefined : Buffer.from(base64, "base64").toString() };
}
