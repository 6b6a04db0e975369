import { parseNotebook, type CodeCell, type Notebook } from "../../lib/notebook/nbformat.js";

export interface CellSource {
  readonly source: string;
  readonly tags?: readonly string[];
  readonly kind?: "code" | "markdown";
}

/** A notebook of format 4 with these cells; a string is a code cell. */
export function notebookOf(...cells: readonly (string | CellSource)[]): Notebook {
  const full = cells.map((cell, i) => {
    const { source, tags, kind = "code" }: CellSource = typeof cell === "string" ? { source: cell } : cell;
    const metadata = tags === undefined ? {} : { tags };
    return kind === "code"
      ? { cell_type: "code", id: `c${i}`, metadata, source, execution_count: null, outputs: [] }
      : { cell_type: "markdown", id: `c${i}`, metadata, source };
  });
  return parseNotebook({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells: full });
}

/** The outputs of the code cell with that id. */
export function outputsOf(notebook: Notebook, id: string): CodeCell["outputs"] {
  return (notebook.cells.find((cell) => cell.id === id) as CodeCell).outputs;
}
