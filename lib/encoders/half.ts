/** The float32 value of each IEEE half. */
export function fromHalf(halves: Uint16Array): Float32Array {
  return Float32Array.from(halves, (bits) => {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    if (exponent === 31) return fraction ? NaN : sign * Infinity;
    return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
  });
}

/** Each value as the nearest IEEE half, ties to even; beyond 65,504 it is an infinity. */
export function toHalf(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(bits, (word) => {
    const sign = (word >>> 16) & 0x8000;
    const magnitude = word & 0x7fffffff;
    if (magnitude > 0x7f800000) return sign | 0x7e00;
    if (magnitude >= 0x477ff000) return sign | 0x7c00;
    if (magnitude >= 0x38800000) {
      const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
      return sign | ((rounded - 0x38000000) >>> 13);
    }
    const units = Math.abs(new Float32Array(Uint32Array.of(magnitude).buffer)[0]) * 2 ** 24; // below the least normal half
    const floor = Math.floor(units);
    const up = units - floor > 0.5 || (units - floor === 0.5 && floor % 2 === 1);
    return sign | (floor + (up ? 1 : 0));
  });
}
