import type ts from "typescript";
import { ValueError } from "../core/errors.js";
import { listKnown } from "../data/nearest.js";
import { hasTag, type Notebook } from "../notebook/nbformat.js";
import type { Parameters } from "./parameters.js";
import { requireOfTslab } from "./tslab.js";

/** A `let` of a notebook's parameters cell. */
export interface DeclaredParameter {
  readonly name: string;
  /** Its type, as TypeScript writes it. */
  readonly type: string;
  /** What it is set to; undefined where that is no literal. */
  readonly value: unknown;
  /** What its line says of it. */
  readonly comment: string;
}

/** The few names that the compiler itself needs; nothing else is there to be used. */
const bareLibrary = `interface Array<T> { length: number; [index: number]: T } interface ReadonlyArray<T> { readonly length: number; readonly [index: number]: T }
interface Boolean {} interface CallableFunction {} interface Function {} interface IArguments {} interface NewableFunction {}
interface Number {} interface Object {} interface RegExp {} interface String {}`;

/** What the cell tagged `parameters` declares, in order; nothing where no cell is tagged. */
export function declaredParameters(notebook: Notebook): DeclaredParameter[] {
  const { compiler, file, checker } = compile(sourceOf(notebook), "");
  const found: DeclaredParameter[] = [];
  for (const statement of file.statements) {
    if (!compiler.isVariableStatement(statement) || !(statement.declarationList.flags & compiler.NodeFlags.Let)) continue;
    for (const { name, initializer, type } of statement.declarationList.declarations) {
      if (!compiler.isIdentifier(name)) continue;
      const line = file.text.slice(statement.end).split("\n", 1)[0];
      found.push({
        name: name.text,
        type: type?.getText(file) ?? checker.typeToString(checker.getTypeAtLocation(name)),
        value: initializer === undefined ? undefined : literalOf(compiler, initializer),
        comment: /\/\/\s*(.*)$/.exec(line)?.[1] ?? "",
      });
    }
  }
  return found;
}

/**
 * Check values against what a notebook declares, as the kernel would when it runs.
 *
 * @throws ValueError for a name that is not declared, with the nearest that is, and for a value of another type.
 */
export function checkParameters(notebook: Notebook, parameters: Parameters): void {
  const declared = declaredParameters(notebook);
  const names = declared.map(({ name }) => name);
  const stranger = Object.keys(parameters).find((name) => !names.includes(name));
  if (stranger !== undefined)
    throw new ValueError(`checkParameters: the notebook has no parameter "${stranger}"${listKnown(stranger, names)}`);
  const entries = Object.entries(parameters);
  const assignments = entries.map(([name, value]) => `${name} = ${JSON.stringify(value)};`).join("\n");
  const { compiler, program, file } = compile(sourceOf(notebook), assignments);
  const begin = file.text.length - assignments.length;
  const finding = program.getSemanticDiagnostics(file).find(({ start = 0 }) => start >= begin);
  if (finding === undefined) return;
  const [name, value] = entries[file.text.slice(begin, finding.start).split("\n").length - 1];
  const reason = compiler.flattenDiagnosticMessageText(finding.messageText, " ");
  const { type, comment } = declared.find((entry) => entry.name === name)!;
  throw new ValueError(
    `checkParameters: ${name} is ${JSON.stringify(value)}; it must be of type ${type}${comment === "" ? "" : ` (${comment})`}: ${reason}`,
  );
}

/**
 * The value that a text from a shell means: the text itself for a parameter of texts, a list between commas for a list, else JSON.
 *
 * @throws ValueError for a name that is not declared, or a text that is no value of its type.
 */
export function readParameter(declared: readonly DeclaredParameter[], name: string, text: string): unknown {
  const parameter = declared.find((entry) => entry.name === name);
  if (parameter === undefined) {
    const names = declared.map((entry) => entry.name);
    throw new ValueError(`readParameter: the notebook has no parameter "${name}"${listKnown(name, names)}`);
  }
  const { type, comment } = parameter;
  if (type === "string" || type.includes('"')) return text;
  const list = /^(?:readonly )?(string|number|boolean)\[\]$/.exec(type)?.[1];
  if (list !== undefined && !text.startsWith("[")) {
    return text === "" ? [] : text.split(",").map((part) => (list === "string" ? part.trim() : parse(part)));
  }
  return parse(text);

  function parse(part: string): unknown {
    try {
      return JSON.parse(part) as unknown;
    } catch {
      throw new ValueError(`readParameter: ${name} is "${part}"; it must be of type ${type}${comment === "" ? "" : ` (${comment})`}`);
    }
  }
}

function sourceOf(notebook: Notebook): string {
  return notebook.cells.find((cell) => cell.cell_type === "code" && hasTag(cell, "parameters"))?.source ?? "";
}

interface Compiled {
  readonly compiler: typeof ts;
  readonly program: ts.Program;
  readonly file: ts.SourceFile;
  readonly checker: ts.TypeChecker;
}

/** The parameters cell alone, with `more` after it, as a program that knows no other file. */
function compile(source: string, more: string): Compiled {
  const compiler = requireOfTslab("declaredParameters")("@tslab/typescript-for-tslab") as typeof ts;
  const options: ts.CompilerOptions = { strict: true, noLib: true, target: compiler.ScriptTarget.ES2022, types: [] };
  const texts = new Map([
    ["library.d.ts", bareLibrary],
    ["parameters.ts", `${source}\n${more}`],
  ]);
  const host: ts.CompilerHost = {
    getSourceFile: (name, version) => {
      const text = texts.get(name);
      return text === undefined ? undefined : compiler.createSourceFile(name, text, version, true);
    },
    getDefaultLibFileName: () => "library.d.ts",
    writeFile: () => undefined,
    getCurrentDirectory: () => "",
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => "\n",
    fileExists: (name) => texts.has(name),
    readFile: (name) => texts.get(name),
  };
  const program = compiler.createProgram([...texts.keys()], options, host);
  return { compiler, program, file: program.getSourceFile("parameters.ts")!, checker: program.getTypeChecker() };
}

/** The value of a literal, with lists and objects of literals; undefined for anything that must be computed. */
function literalOf(compiler: typeof ts, node: ts.Expression): unknown {
  if (compiler.isStringLiteralLike(node)) return node.text;
  if (compiler.isNumericLiteral(node)) return Number(node.text);
  if (compiler.isPrefixUnaryExpression(node) && node.operator === compiler.SyntaxKind.MinusToken) {
    const value = literalOf(compiler, node.operand);
    return typeof value === "number" ? -value : undefined;
  }
  if (node.kind === compiler.SyntaxKind.TrueKeyword) return true;
  if (node.kind === compiler.SyntaxKind.FalseKeyword) return false;
  if (node.kind === compiler.SyntaxKind.NullKeyword) return null;
  if (compiler.isAsExpression(node)) return literalOf(compiler, node.expression);
  if (compiler.isArrayLiteralExpression(node)) {
    const values = node.elements.map((element) => literalOf(compiler, element));
    return values.includes(undefined) ? undefined : values;
  }
  return undefined;
}
