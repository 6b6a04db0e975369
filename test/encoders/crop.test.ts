import { describe, expect, test } from "vitest";
import { ValueError } from "../../lib/core/errors.js";
import { fitSimilarity, resizeImage, warpImage } from "../../lib/encoders/crop.js";
import type { Image } from "../../lib/encoders/image.js";
import { createRandom } from "../../lib/core/random.js";

function image(width: number, height: number, pixel: (x: number, y: number) => number): Image {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.fill(pixel(x, y), (y * width + x) * 3, (y * width + x) * 3 + 3);
  return { width, height, data };
}

const red = ({ data, width }: Image, x: number, y: number): number => data[(y * width + x) * 3];

describe("fitSimilarity", () => {
  test("recovers a known rotation, scale and shift (seed 1)", () => {
    const random = createRandom(1);
    const from = Array.from({ length: 10 }, () => 100 * random.uniform());
    const [a, b, tx, ty] = [0.8, -0.3, 12, -7];
    const to = from.flatMap((x, i) => (i % 2 ? [] : [a * x - b * from[i + 1] + tx, b * x + a * from[i + 1] + ty]));
    const fitted = fitSimilarity(from, to);
    expect(fitted.a).toBeCloseTo(a, 12);
    expect(fitted.b).toBeCloseTo(b, 12);
    expect(fitted.tx).toBeCloseTo(tx, 10);
    expect(fitted.ty).toBeCloseTo(ty, 10);
  });

  test("never mirrors: points and their mirror image give a poor fit, not a reflection", () => {
    const from = [0, 0, 2, 0, 1, 1, 0, 2, 2, 2.5];
    const mirrored = from.map((v, i) => (i % 2 ? v : -v));
    const { a, b } = fitSimilarity(from, mirrored);
    expect(Math.hypot(a, b)).toBeLessThan(1);
  });

  test("refuses points that coincide", () => {
    expect(() => fitSimilarity([1, 1, 1, 1], [0, 0, 1, 1])).toThrow(
      new ValueError("fitSimilarity: all 2 points coincide; at least two must differ"),
    );
  });
});

describe("warpImage", () => {
  const ramp = image(20, 10, (x, y) => 10 * x + y);

  test("leaves an image as it is under the identity", () => {
    expect(warpImage(ramp, { a: 1, b: 0, tx: 0, ty: 0 }, 20, 10)).toEqual(ramp);
  });

  test("reads between pixels linearly", () => {
    const moved = warpImage(ramp, { a: 1, b: 0, tx: -0.5, ty: 0 }, 19, 10);
    expect(red(moved, 3, 2)).toBe(37);
  });

  test("is black outside and blends over the border pixel", () => {
    const white = image(4, 4, () => 200);
    const moved = warpImage(white, { a: 1, b: 0, tx: 1.25, ty: 0 }, 4, 4);
    expect([red(moved, 0, 0), red(moved, 1, 0), red(moved, 2, 0)]).toEqual([0, 150, 200]);
  });

  test("turns a quarter", () => {
    const turned = warpImage(ramp, { a: 0, b: 1, tx: 9, ty: 0 }, 10, 20);
    expect(red(turned, 9 - 4, 7)).toBe(red(ramp, 7, 4));
  });

  test("averages before it shrinks, so that a fine checkerboard turns grey", () => {
    const board = image(64, 64, (x, y) => ((x + y) % 2 ? 255 : 0));
    const small = warpImage(board, { a: 0.25, b: 0, tx: -0.375, ty: -0.375 }, 16, 16);
    expect(new Set(small.data)).toEqual(new Set([128]));
  });
});

describe("resizeImage", () => {
  test("keeps a constant image constant to its edges", () => {
    expect(
      new Set(
        resizeImage(
          image(7, 5, () => 91),
          16,
          16,
        ).data,
      ),
    ).toEqual(new Set([91]));
  });

  test("places pixel centres at half-integers", () => {
    const doubled = resizeImage(
      image(2, 1, (x) => 100 * x),
      4,
      1,
    );
    expect([0, 1, 2, 3].map((x) => red(doubled, x, 0))).toEqual([0, 25, 75, 100]);
  });
});
