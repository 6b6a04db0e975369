import type ts from "typescript";

export type Completeness =
  | { readonly status: "complete" | "invalid" }
  | { readonly status: "incomplete"; /** For the line that follows. */ readonly indent: string };

/**
 * Whether a console should run what was typed, wait for more of it, or say that it cannot become right.
 *
 * What is missing at the end makes it incomplete, unless two empty lines say that no more will come.
 */
export function judgeCompleteness(compiler: typeof ts, code: string): Completeness {
  const file = compiler.createSourceFile("cell.ts", code, compiler.ScriptTarget.ES2022);
  const { parseDiagnostics } = file as unknown as { readonly parseDiagnostics: readonly ts.DiagnosticWithLocation[] };
  const first = parseDiagnostics.at(0);
  if (!first) return { status: "complete" };
  // A string that ends with its line stays wrong whatever follows.
  const unterminatedString = 1002;
  if (first.code === unterminatedString || first.start < code.trimEnd().length) return { status: "invalid" };
  return /\n\s*\n\s*$/.test(code) ? { status: "complete" } : { status: "incomplete", indent: indentAfter(code) };
}

function indentAfter(code: string): string {
  const line = code.slice(code.lastIndexOf("\n") + 1);
  const indent = /^\s*/.exec(line)![0];
  return /[{([]\s*(?:\/\/.*)?$|=>\s*$/.test(line) ? `${indent}  ` : indent;
}
