import { firstLine } from "../core/error-reason.js";
import { DataError } from "../core/errors.js";

/** An 8-bit RGB image, row by row. */
export interface Image {
  readonly width: number;
  readonly height: number;
  /** height × width × 3. */
  readonly data: Uint8Array;
}

/** Larger pictures are refused before a pixel is decoded. */
const maxPixels = 100_000_000;

/**
 * Decode a picture of any format that libvips reads, upright by its EXIF tag, as sRGB.
 *
 * @throws DataError when the bytes are no picture, are cut short, or hold more than 100 megapixels.
 */
export async function decodeImage(bytes: Uint8Array): Promise<Image> {
  const { default: sharp } = await import("sharp");
  try {
    const { data, info } = await sharp(bytes, { limitInputPixels: maxPixels, failOn: "error" })
      .autoOrient()
      .flatten({ background: "#000" })
      .toColourspace("srgb")
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data: info.channels === 3 ? data : greyToRgb(data, info.channels) };
  } catch (error) {
    if (isHeic(bytes)) throw new DataError("decodeImage: it is HEIC, whose HEVC coding is not read here; convert it to JPEG");
    throw new DataError(
      `decodeImage: ${firstLine(error)}; give a whole picture (JPEG, PNG, WebP, …) of at most ${maxPixels / 1e6} megapixels`,
    );
  }
}

/** By the brand in its first box: what telephones write. */
function isHeic(bytes: Uint8Array): boolean {
  return /^ftyp(hei[cmsx]|hev[cmsx])/.test(Buffer.from(bytes.subarray(4, 12)).toString("latin1"));
}

/** Average 2 × 2 pixels into one; an odd last row or column is dropped. */
export function halveImage({ width, height, data }: Image): Image {
  const halfWidth = width >> 1;
  const halfHeight = height >> 1;
  const half = new Uint8Array(halfWidth * halfHeight * 3);
  for (let y = 0; y < halfHeight; y++) {
    for (let i = 0; i < halfWidth * 3; i++) {
      const from = 2 * y * width * 3 + 2 * i - (i % 3);
      const below = from + width * 3;
      half[y * halfWidth * 3 + i] = (data[from] + data[from + 3] + data[below] + data[below + 3] + 2) >> 2;
    }
  }
  return { width: halfWidth, height: halfHeight, data: half };
}

function greyToRgb(grey: Uint8Array, channels: number): Uint8Array {
  const count = grey.length / channels;
  const rgb = new Uint8Array(count * 3);
  for (let i = 0; i < count; i++) rgb.fill(grey[i * channels], 3 * i, 3 * i + 3);
  return rgb;
}
