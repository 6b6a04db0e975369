import { ValueError } from "../core/errors.js";
import { hasTag, type CodeCell, type Notebook } from "../notebook/nbformat.js";

/** Values for names that a notebook's parameters cell declares: anything that JSON can hold. */
export type Parameters = Readonly<Record<string, unknown>>;

/**
 * Put a cell that assigns `parameters` after the cell tagged `parameters`; one that was put there earlier is replaced.
 *
 * The cell assigns and declares nothing, so a name that the notebook does not have, or a value of another type, is refused
 * by the type-checker when the notebook runs.
 *
 * @throws ValueError when no cell is tagged `parameters`, a name is no identifier, or a value is none of JSON's.
 */
export function injectParameters(notebook: Notebook, parameters: Parameters): Notebook {
  const names = Object.keys(parameters);
  if (names.length === 0) return notebook;
  const cells = notebook.cells.filter((cell) => !hasTag(cell, "injected-parameters"));
  const index = cells.findIndex((cell) => cell.cell_type === "code" && hasTag(cell, "parameters"));
  if (index < 0) {
    throw new ValueError(
      `injectParameters: got ${names.join(", ")} for a notebook without parameters; tag the cell that declares them "parameters"`,
    );
  }
  const lines = names.map((name) => `${checkName(name)} = ${formatValue(name, parameters[name])};`);
  const injected: CodeCell = {
    cell_type: "code",
    id: "injected-parameters",
    metadata: { tags: ["injected-parameters"] },
    source: ["// Parameters of this run", ...lines].join("\n"),
    execution_count: null,
    outputs: [],
  };
  return { ...notebook, cells: [...cells.slice(0, index + 1), injected, ...cells.slice(index + 1)] };
}

function checkName(name: string): string {
  if (!/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)) {
    throw new ValueError(`injectParameters: "${name}" is no name of a variable; use one that the parameters cell declares`);
  }
  return name;
}

function formatValue(name: string, value: unknown): string {
  const text = JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner === "number" && !Number.isFinite(inner)) throw nonJson(name, String(inner));
    return inner;
  }) as string | undefined;
  if (text === undefined) throw nonJson(name, typeof value);
  return text;
}

const nonJson = (name: string, found: string): ValueError =>
  new ValueError(
    `injectParameters: ${name} holds ${found}; a parameter is a finite number, text, true, false, null, or a list or object of them`,
  );
