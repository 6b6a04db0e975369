import { SourceMap, type SourceMapPayload } from "node:module";

/** Where the lines of the cells' JavaScript were written. */
export interface LineMap {
  /** Source maps of one script of `lineCount` lines, the last step first. */
  add(script: string, lineCount: number, maps: readonly (string | undefined)[]): void;
  /** Line and column (from 1) in the cell, of a position in its script (from 1); null when the cell did not write it. */
  find(script: string, line: number, column: number): { readonly line: number; readonly column: number } | null;
}

/** tslab puts the first line behind this; without `async` the column is a little to the left of the true one. */
const wrapperLength = "(async function(exports, require) { ".length;

export function createLineMap(): LineMap {
  const scripts = new Map<string, { readonly lineCount: number; readonly maps: readonly SourceMap[] }>();
  return {
    add(script, lineCount, maps) {
      const parsed = maps.flatMap((map) => (map === undefined ? [] : [new SourceMap(JSON.parse(map) as SourceMapPayload)]));
      scripts.set(script, { lineCount, maps: parsed });
    },
    find(script, line, column) {
      const { lineCount, maps } = scripts.get(script) ?? { lineCount: 0, maps: [] };
      if (maps.length !== 2 || line > lineCount) return null;
      let position = { line: line - 1, column: Math.max(0, column - 1 - (line === 1 ? wrapperLength : 0)) };
      for (const map of maps) {
        const entry = map.findEntry(position.line, position.column);
        if (!("originalLine" in entry)) return null;
        position = { line: entry.originalLine, column: entry.originalColumn };
      }
      // The converter puts `export {};` on a line of its own before the cell, so line 1 of the cell is line 1 from 0.
      return position.line < 1 ? null : { line: position.line, column: position.column + 1 };
    },
  };
}
