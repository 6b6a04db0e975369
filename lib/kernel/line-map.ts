import { SourceMap, type SourceMapPayload } from "node:module";

/** Where the lines of the cells' JavaScript were written. */
export interface LineMap {
  /** The source map of one script of `lineCount` lines. */
  add(script: string, lineCount: number, map: string | undefined): void;
  /** Line and column (from 1) in the cell, of a position in its script (from 1); null when the cell did not write it. */
  find(script: string, line: number, column: number): { readonly line: number; readonly column: number } | null;
}

/** tslab puts the first line behind this; without `async` the column is a little to the left of the true one. */
const wrapperLength = "(async function(exports, require) { ".length;

export function createLineMap(): LineMap {
  const scripts = new Map<string, { readonly lineCount: number; readonly map: string | undefined }>();
  return {
    add(script, lineCount, map) {
      scripts.set(script, { lineCount, map });
    },
    find(script, line, column) {
      const { lineCount, map } = scripts.get(script) ?? { lineCount: 0, map: undefined };
      if (map === undefined || line > lineCount) return null;
      const sources = new SourceMap(JSON.parse(map) as SourceMapPayload);
      const entry = sources.findEntry(line - 1, Math.max(0, column - 1 - (line === 1 ? wrapperLength : 0)));
      // The converter puts `export {};` on a line of its own before the cell, so line 1 of the cell is line 1 from 0.
      if (!("originalLine" in entry) || entry.originalLine < 1) return null;
      return { line: entry.originalLine, column: entry.originalColumn + 1 };
    },
  };
}
