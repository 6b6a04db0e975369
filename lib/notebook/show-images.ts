import { ValueError } from "../core/errors.js";
import { displayBundle } from "./display.js";
import { escapeHtml } from "./html.js";
import type { MimeBundle } from "./nbformat.js";

/** A picture in a grid. */
export interface CaptionedImage {
  /** A file's bytes (JPEG, PNG, WebP, …), or 8-bit RGB pixels, height × width × 3; null for a tile with the caption alone. */
  readonly image: Uint8Array | { readonly width: number; readonly height: number; readonly data: Uint8Array } | null;
  readonly caption: string;
}

export interface ImagesOptions {
  /** Of the grid. @defaultValue 6 */
  readonly columns?: number;
  /** Longer side of each picture, in pixels; a larger one is made smaller, a smaller one is left. @defaultValue 112 */
  readonly size?: number;
  /** Pictures shown at most; the grid says how many it hides. @defaultValue 60 */
  readonly limit?: number;
}

/** Show a grid of pictures with their captions; its text twin holds the captions. @throws ValueError when there is none, one cannot be read, or an option is below 1. */
export async function showImages(images: readonly CaptionedImage[], options: ImagesOptions = {}): Promise<void> {
  displayBundle(await formatImages(images, options));
}

/**
 * Pictures as a table of PNGs with captions, and as text.
 *
 * @throws ValueError when there is no picture, one cannot be read, or an option is below 1.
 */
export async function formatImages(
  images: readonly CaptionedImage[],
  { columns = 6, size = 112, limit = 60 }: ImagesOptions = {},
): Promise<MimeBundle> {
  if (images.length === 0) throw new ValueError("showImages: got no images; give at least one");
  if (!(columns >= 1 && size >= 1 && limit >= 1)) {
    throw new ValueError(`showImages: got columns ${columns}, size ${size}, limit ${limit}; each is at least 1`);
  }
  const shown = images.slice(0, limit);
  const cells: string[] = [];
  for (const [i, { image, caption }] of shown.entries()) {
    const alt = escapeHtml(caption);
    if (image === null) {
      cells.push(`<td style="text-align: center">${alt}</td>`);
      continue;
    }
    const png = await encode(image, size, i);
    cells.push(`<td style="text-align: center"><img alt="${alt}" src="data:image/png;base64,${png}"><br>${alt}</td>`);
  }
  const rows: string[] = [];
  for (let i = 0; i < cells.length; i += columns) rows.push(`<tr>${cells.slice(i, i + columns).join("")}</tr>`);
  const hidden = images.length - shown.length;
  const note = hidden === 0 ? [] : [`${hidden.toLocaleString("en")} more of ${images.length.toLocaleString("en")} images`];
  const foot = note.map((text) => `<tfoot><tr><td colspan="${Math.min(columns, cells.length)}">${text}</td></tr></tfoot>`);
  return {
    "text/html": ['<table class="dataframe">', "<tbody>", ...rows, "</tbody>", ...foot, "</table>"].join("\n"),
    "text/plain": [`[${shown.filter(({ image }) => image !== null).length} images]`, ...shown.map(({ caption }) => caption), ...note].join(
      "\n",
    ),
  };
}

async function encode(image: NonNullable<CaptionedImage["image"]>, size: number, index: number): Promise<string> {
  const { default: sharp } = await import("sharp");
  try {
    const picture =
      image instanceof Uint8Array ? sharp(image) : sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 } });
    const png = await picture.autoOrient().resize(size, size, { fit: "inside", withoutEnlargement: true }).png().toBuffer();
    return png.toString("base64");
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).split("\n")[0].trim();
    throw new ValueError(`showImages: image ${index} cannot be read (${reason}); give a picture's bytes, or RGB pixels with their size`);
  }
}
