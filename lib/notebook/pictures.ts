import type { Cell } from "./nbformat.js";

/** How an output looks where nothing runs: an SVG, or a PNG's bytes. */
export type Picture = { readonly svg: string } | { readonly png: Uint8Array };

/** The pictures among a cell's outputs, one an output; of one in both forms the SVG. */
export function picturesOf(cell: Cell): Picture[] {
  if (cell.cell_type !== "code") return [];
  return cell.outputs.flatMap((output): Picture[] => {
    if (output.output_type !== "display_data" && output.output_type !== "execute_result") return [];
    const { "image/svg+xml": svg, "image/png": png } = output.data;
    if (typeof svg === "string") return [{ svg }];
    return typeof png === "string" ? [{ png: Buffer.from(png, "base64") }] : [];
  });
}
