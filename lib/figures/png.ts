/** An SVG as a PNG with half as many pixels again a side, and few colours so that it stays small. */
export async function toPng(svg: string): Promise<Uint8Array> {
  const { default: sharp } = await import("sharp");
  // At a density of 72 a unit of the SVG is a pixel.
  return sharp(Buffer.from(svg), { density: 1.5 * 72 })
    .png({ palette: true, colours: 64 })
    .toBuffer();
}
