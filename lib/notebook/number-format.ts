import { ValueError } from "../core/errors.js";

/** `.3f` decimals, `.1%` percent of a fraction, `.2e` powers of ten, `d` whole, `,d` whole with separators. */
export type NumberFormat = `.${number}f` | `.${number}%` | `.${number}e` | "d" | ",d";

/** @throws ValueError for a format that is none of these. */
export function formatNumber(value: number, format: NumberFormat): string {
  const [, digits, kind = format]: readonly string[] = /^\.(\d+)([f%e])$/.exec(format) ?? [];
  const count = Number(digits);
  switch (kind) {
    case "f":
      return value.toFixed(count);
    case "%":
      return `${(value * 100).toFixed(count)} %`;
    case "e":
      return value.toExponential(count);
    case "d":
      return value.toFixed(0);
    case ",d":
      return Math.round(value).toLocaleString("en");
    default:
      throw new ValueError(`formatNumber: got "${format}"; a format is .3f, .1%, .2e, d or ,d`);
  }
}

/** Four significant digits for what is not whole. */
export function formatPlainly(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}
