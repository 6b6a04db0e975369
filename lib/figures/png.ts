/** An SVG as a PNG of twice its size in pixels, with few colours so that it stays small. */
export async function toPng(svg: string): Promise<Uint8Array> {
  const { default: sharp } = await import("sharp");
  // Vega's sizes are CSS pixels, of which an inch has 96.
  return sharp(Buffer.from(svg), { density: 2 * 96 })
    .png({ palette: true, colours: 64 })
    .toBuffer();
}
