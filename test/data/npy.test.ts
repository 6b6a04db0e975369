import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { formatNpy, parseNpy } from "../../lib/data/npy.js";
import { DataError } from "../../lib/core/errors.js";
import { exact, expectClose } from "../close.js";

interface GoldenFile {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: readonly number[];
  /** What numpy.save wrote, in base64. */
  readonly file: string;
  /** Whether it is row-major float64 in version 1, the form that is written here. */
  readonly plain: boolean;
}

const golden = JSON.parse(readFileSync(new URL("../golden/npy.json", import.meta.url), "utf8")) as { files: GoldenFile[] };
const plain = golden.files.filter((entry) => entry.plain);
const [first] = plain;
const bytes = Buffer.from(first.file, "base64");

/** The first file with another header text, and the same values. */
function withHeader(text: string): Buffer {
  const header = Buffer.alloc(118, " ");
  header.write(text, "latin1");
  return Buffer.concat([bytes.subarray(0, 10), header, bytes.subarray(128)]);
}

describe("parseNpy", () => {
  it.each(golden.files)("reads what numpy.save wrote: $name", ({ shape, values, file, name }) => {
    const read = parseNpy(Buffer.from(file, "base64"), name);
    expect(read.shape).toEqual(shape);
    expectClose(read.data, values, exact);
  });

  it("refuses what is no such file, and what is cut short", () => {
    for (const other of [Buffer.alloc(0), Buffer.from("PK\x03\x04 an archive"), bytes.subarray(0, 8)]) {
      expect(() => parseNpy(other, "w.npy")).toThrow(
        new DataError("w.npy: it does not begin as a .npy file does; write it with numpy.save"),
      );
    }
    expect(() => parseNpy(bytes.subarray(0, -1), "w.npy")).toThrow(
      new DataError("w.npy: it has 47 bytes of values, and <f8 of shape (2, 3) needs 48; save it again"),
    );
    expect(() => parseNpy(bytes.subarray(0, 60), "w.npy")).toThrow(
      /^w\.npy: its header is ".*"; it must be of one plain array of one or two axes$/,
    );
  });

  it("refuses arrays of other types or axes", () => {
    expect(() => parseNpy(withHeader("{'descr': '|O', 'fortran_order': False, 'shape': (2, 3), }"), "w.npy")).toThrow(
      new DataError("w.npy: its values are |O; save little-endian float64 or float32"),
    );
    for (const shape of ["()", "(2, 3, 1)", "(-2, 3)"]) {
      const text = `{'descr': '<f8', 'fortran_order': False, 'shape': ${shape}, }`;
      expect(() => parseNpy(withHeader(text), "w.npy")).toThrow(
        new DataError(`w.npy: its header is ${JSON.stringify(text)}; it must be of one plain array of one or two axes`),
      );
    }
  });
});

describe("formatNpy", () => {
  it.each(plain)("writes the bytes that numpy.save writes: $name", ({ shape, values, file }) => {
    expect(formatNpy(shape, Float64Array.from(values)).toString("base64")).toBe(file);
  });
});
