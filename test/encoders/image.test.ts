import sharp from "sharp";
import { deflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { DataError } from "../../lib/core/errors.js";
import { decodeImage, halveImage } from "../../lib/encoders/image.js";

const noise = (width: number, height: number): Buffer =>
  Buffer.from(Array.from({ length: width * height * 3 }, (_, i) => (i * 7919) % 251));
const jpeg = (width: number, height: number): Promise<Buffer> =>
  sharp(noise(width, height), { raw: { width, height, channels: 3 } })
    .jpeg()
    .toBuffer();

describe("decodeImage", () => {
  test("gives RGB pixels of a lossless picture as they are", async () => {
    const png = await sharp(noise(5, 4), { raw: { width: 5, height: 4, channels: 3 } })
      .png()
      .toBuffer();
    const { width, height, data } = await decodeImage(png);
    expect([width, height]).toEqual([5, 4]);
    expect(Buffer.from(data).equals(noise(5, 4))).toBe(true);
  });

  test("gives a grey picture three equal channels", async () => {
    const png = await sharp(Buffer.from([10, 200]), { raw: { width: 2, height: 1, channels: 1 } })
      .png()
      .toBuffer();
    expect([...(await decodeImage(png)).data]).toEqual([10, 10, 10, 200, 200, 200]);
  });

  test("turns a picture upright by its EXIF tag", async () => {
    const turned = await sharp(noise(6, 3), { raw: { width: 6, height: 3, channels: 3 } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    const { width, height } = await decodeImage(turned);
    expect([width, height]).toEqual([3, 6]);
  });

  test("takes a 1-pixel picture", async () => {
    const { width, height, data } = await decodeImage(await jpeg(1, 1));
    expect([width, height, data.length]).toEqual([1, 1, 3]);
  });

  test("refuses a JPEG that is cut short", async () => {
    const whole = await jpeg(64, 64);
    await expect(decodeImage(whole.subarray(0, whole.length / 2))).rejects.toThrow(DataError);
    await expect(decodeImage(whole.subarray(0, whole.length / 2))).rejects.toThrow(/^decodeImage: .*; give a whole picture/);
  });

  test("refuses a PNG whose header claims 20,000 × 20,000 pixels, before it decodes them", async () => {
    const { rss } = process.memoryUsage();
    await expect(decodeImage(pngOf(20_000, 20_000))).rejects.toThrow(/pixel limit.*at most 100 megapixels/);
    expect(process.memoryUsage().rss - rss).toBeLessThan(200e6);
  });

  test("refuses bytes that are no picture, and no bytes", async () => {
    await expect(decodeImage(Buffer.from("not a picture"))).rejects.toThrow(DataError);
    await expect(decodeImage(Buffer.alloc(0))).rejects.toThrow(DataError);
  });
});

test("halveImage averages two by two pixels and drops an odd last column", () => {
  const rows = [
    [0, 4, 9],
    [8, 12, 9],
  ];
  const data = Uint8Array.from(rows.flat().flatMap((v) => [v, v, v]));
  expect(halveImage({ width: 3, height: 2, data })).toEqual({ width: 1, height: 1, data: Uint8Array.from([6, 6, 6]) });
});

/** A PNG with a true header and next to no data. */
function pngOf(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const chunk = (type: string, body: Buffer): Buffer => {
    const typed = Buffer.concat([Buffer.from(type), body]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length);
    const crc = Buffer.alloc(4);
    crc.writeUInt32BE(crc32(typed));
    return Buffer.concat([length, typed, crc]);
  };
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.alloc(100))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function crc32(bytes: Buffer): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let k = 0; k < 8; k++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}
