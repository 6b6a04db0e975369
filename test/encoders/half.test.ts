import fc from "fast-check";
import { expect, test } from "vitest";
import { fromHalf, toHalf } from "../../lib/encoders/half.js";

// IEEE 754-2019, binary16: sign, five bits of exponent (bias 15), ten of fraction.
test.each([
  [0, 0x0000],
  [1, 0x3c00],
  [-2, 0xc000],
  [65_504, 0x7bff],
  [65_520, 0x7c00],
  [2 ** -14, 0x0400],
  [2 ** -24, 0x0001],
  [2 ** -25, 0x0000],
  [1.5 * 2 ** -24, 0x0002],
  [1 + 2 ** -11, 0x3c00],
  [1 + 3 * 2 ** -11, 0x3c02],
  [-Infinity, 0xfc00],
])("%s is the half %s", (value, bits) => {
  expect(toHalf(Float32Array.of(value))[0]).toBe(bits);
});

test("NaN stays NaN", () => {
  expect(fromHalf(toHalf(Float32Array.of(NaN)))[0]).toBeNaN();
});

test("every half but NaN comes back as it was", () => {
  const halves = Uint16Array.from({ length: 65_536 }, (_, i) => i).filter((bits) => (bits & 0x7fff) <= 0x7c00);
  expect(toHalf(fromHalf(halves))).toEqual(halves);
});

test("no half is nearer than the one that is taken", () => {
  fc.assert(
    fc.property(fc.float({ min: -60_000, max: 60_000, noNaN: true }), (value) => {
      const [bits] = toHalf(Float32Array.of(value));
      const error = Math.abs(fromHalf(Uint16Array.of(bits))[0] - value);
      for (const other of [bits - 1, bits + 1]) {
        const near = fromHalf(Uint16Array.of(other & 0xffff))[0];
        if (Number.isFinite(near)) expect(error).toBeLessThanOrEqual(Math.abs(near - value));
      }
    }),
  );
});
