import { open, readdir, readFile, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { DataError, ShapeError } from "../../lib/core/errors.js";
import { readSafetensors, type Tensor, writeSafetensors } from "../../lib/data/safetensors.js";
import { temporaryFolder } from "../temporary-folder.js";

/** A file with any header, true or not. */
async function lyingFile(header: string | Uint8Array, dataBytes: number, headerBytes?: bigint): Promise<string> {
  const file = path.join(await temporaryFolder(), "lying.safetensors");
  const bytes = Buffer.from(header);
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(headerBytes ?? BigInt(bytes.length));
  await writeFile(file, Buffer.concat([size, bytes, Buffer.alloc(dataBytes)]));
  return file;
}

const entry = (dtype: string, shape: string, offsets: string): string => `{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}`;

test("gives back every type of value, shape and metadata", async () => {
  const file = path.join(await temporaryFolder(), "all.safetensors");
  const tensors: Record<string, Tensor> = {
    codes: { shape: [3], data: Uint8Array.of(0, 7, 255) },
    mean: { shape: [2], data: Float64Array.of(1 / 3, -0) },
    basis: { shape: [1, 3], data: Int16Array.of(-32768, 0, 32767) },
    counts: { shape: [1], data: Int32Array.of(-5) },
    embeddings: { shape: [2, 2], data: Float32Array.of(1.5, -2.25, 3e-40, 4) },
    nothing: { shape: [0, 4], data: new Float32Array(0) },
    scalar: { shape: [], data: Float64Array.of(2) },
    'näme "x"': { shape: [1], data: Uint8Array.of(1) },
  };
  const metadata = { encoder: "face_esp_mbf", note: "tab\tand ü" };
  await writeSafetensors(file, tensors, metadata);
  expect(await readSafetensors(file)).toEqual({ tensors, metadata });
});

test("gives back any float32 values (property)", async () => {
  const file = path.join(await temporaryFolder(), "any.safetensors");
  await fc.assert(
    fc.asyncProperty(fc.float32Array({ maxLength: 50 }), async (data) => {
      await writeSafetensors(file, { t: { shape: [data.length], data } });
      expect((await readSafetensors(file)).tensors.t.data).toEqual(data);
    }),
    { seed: 0, numRuns: 30 },
  );
});

test("writes the same bytes whatever the order of the keys, values on borders of eight bytes, and leaves nothing else", async () => {
  const folder = await temporaryFolder();
  const a = { shape: [1], data: Float32Array.of(1) };
  const b = { shape: [1], data: Float64Array.of(2) };
  await writeSafetensors(path.join(folder, "1"), { a, b }, { x: "1", y: "2" });
  await writeSafetensors(path.join(folder, "2"), { b, a }, { y: "2", x: "1" });
  const [one, two] = await Promise.all(["1", "2"].map((name) => readFile(path.join(folder, name))));
  expect(one).toEqual(two);
  expect(Number(one.readBigUInt64LE()) % 8).toBe(0);
  expect(one.subarray(8).toString("latin1")).toMatch(
    /^{"__metadata__":{"x":"1","y":"2"},"b":{"dtype":"F64","shape":\[1\],"data_offsets":\[0,8\]},"a":/,
  );
  expect(await readdir(folder)).toEqual(["1", "2"]);
});

test("writes a part of a larger buffer as that part", async () => {
  const file = path.join(await temporaryFolder(), "part");
  await writeSafetensors(file, { t: { shape: [2], data: Float32Array.of(1, 2, 3, 4).subarray(1, 3) } });
  expect((await readSafetensors(file)).tensors.t.data).toEqual(Float32Array.of(2, 3));
});

test("leaves no temporary file when writing fails", async () => {
  const folder = await temporaryFolder();
  const tensors = { t: { shape: [1], data: Float32Array.of(1) } };
  await writeSafetensors(path.join(folder, "taken", "inner"), tensors);
  await expect(writeSafetensors(path.join(folder, "taken"), tensors)).rejects.toThrow(/EISDIR|ENOTEMPTY|EPERM|EEXIST/);
  expect(await readdir(folder)).toEqual(["taken"]);
});

describe("refuses to write", () => {
  test("a length that is not the shape's product", async () => {
    const writing = writeSafetensors("unused", { t: { shape: [2, 3], data: new Float32Array(5) } });
    await expect(writing).rejects.toThrow(ShapeError);
    await expect(writing).rejects.toThrow('tensor "t" has 5 values and the shape 2 × 3; their product must be the number of values');
  });

  test("a tensor in the place of the metadata", async () => {
    await expect(writeSafetensors("unused", { __metadata__: { shape: [0], data: new Float32Array(0) } })).rejects.toThrow(
      'a tensor cannot be called "__metadata__"; give it another name',
    );
  });

  test("a type that it does not know", async () => {
    const data = new Uint32Array(1) as unknown as Float32Array;
    await expect(writeSafetensors("unused", { t: { shape: [1], data } })).rejects.toThrow(
      "got a Uint32Array; only F64, F32, I32, I16, U8 are written",
    );
  });
});

describe("refuses to read", () => {
  const cases: [string, string | Uint8Array, number, string][] = [
    ["a header that is not JSON", "{", 0, "the header is not JSON in UTF-8"],
    ["a header that is not UTF-8", Uint8Array.of(0x7b, 0xff, 0x7d), 0, "the header is not JSON in UTF-8"],
    ["a header that is no object", "[]", 0, "the header is not a JSON object"],
    ["a tensor twice", `{"t":${entry("F32", "[1]", "[0,4]")},"t":${entry("F32", "[1]", "[0,4]")}}`, 4, 'the header has the key "t" twice'],
    ["a key twice, escaped", `{"t":${entry("F32", "[1]", "[0,4]")},"\\u0074":1}`, 4, 'the header has the key "t" twice'],
    ["a field twice", `{"t":{"dtype":"F32","dtype":"F64","shape":[1],"data_offsets":[0,4]}}`, 4, 'the header has the key "dtype" twice'],
    ["metadata that are no texts", `{"__metadata__":{"a":1}}`, 0, "__metadata__ is not an object of texts"],
    ["a tensor that is no object", `{"t":3}`, 0, 'tensor "t" is not described by an object'],
    ["an unknown field", `{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}`, 4, 'tensor "t" has the unknown field "x"'],
    [
      "an unknown type",
      `{"t":${entry("BF16", "[2]", "[0,4]")}}`,
      4,
      'tensor "t" is of type "BF16", and only F64, F32, I32, I16, U8 are read',
    ],
    ["a type from the prototype", `{"t":${entry("toString", "[2]", "[0,4]")}}`, 4, 'tensor "t" is of type "toString"'],
    ["a negative shape", `{"t":${entry("F32", "[-1]", "[0,4]")}}`, 4, 'tensor "t" has the shape [-1], not a list of counts'],
    ["offsets the wrong way round", `{"t":${entry("F32", "[1]", "[4,0]")}}`, 4, 'tensor "t" has the offsets [4,0], not a begin and an end'],
    ["one offset", `{"t":${entry("F32", "[1]", "[4]")}}`, 4, 'tensor "t" has the offsets [4], not a begin and an end'],
    ["a shape of more values", `{"t":${entry("F32", "[2]", "[0,4]")}}`, 4, 'tensor "t" has 4 bytes, and F32 of shape 2 needs 8'],
    [
      "a shape too large to count",
      `{"t":${entry("F32", "[4503599627370496,4096]", "[0,4]")}}`,
      4,
      'tensor "t" has 4 bytes, and F32 of shape',
    ],
    [
      "tensors that overlap",
      `{"a":${entry("F32", "[2]", "[0,8]")},"b":${entry("F32", "[2]", "[4,12]")}}`,
      12,
      'tensor "b" overlaps the one before it',
    ],
    ["a gap", `{"a":${entry("F32", "[1]", "[4,8]")}}`, 8, 'there are 4 bytes of no tensor before "a"'],
    [
      "offsets beyond the file",
      `{"a":${entry("F32", "[2]", "[0,8]")}}`,
      4,
      "it has 4 bytes of values, its header says 8: it was cut short",
    ],
    ["trailing bytes", `{"a":${entry("F32", "[1]", "[0,4]")}}`, 9, "there are 5 bytes after the last tensor"],
  ];
  test.each(cases)("%s", async (_, header, dataBytes, text) => {
    const file = await lyingFile(header, dataBytes);
    const reading = readSafetensors(file);
    await expect(reading).rejects.toThrow(DataError);
    await expect(reading).rejects.toThrow(`${file}: ${text}`);
    await expect(reading).rejects.toThrow("so get or make it again");
  });

  test.each([0, 7, 20, 60, -1])("a file cut after %i bytes", async (size) => {
    const file = path.join(await temporaryFolder(), "cut");
    await writeSafetensors(file, { t: { shape: [4], data: new Float32Array(4) } });
    await truncate(file, size < 0 ? (await readFile(file)).length + size : size);
    await expect(readSafetensors(file)).rejects.toThrow(/has less than 8|was cut short/);
  });

  test("a header longer than the file, or than 100 MB, without reading it", async () => {
    await expect(readSafetensors(await lyingFile("{}", 0, 3n))).rejects.toThrow("it has 10 bytes, and says that its header has 3");
    await expect(readSafetensors(await lyingFile("{}", 0, 2n ** 63n))).rejects.toThrow("(at most 100000000 are read)");
    const file = await lyingFile("{}", 0, 100_000_001n);
    await truncate(file, 100_000_100); // sparse
    await expect(readSafetensors(file)).rejects.toThrow("says that its header has 100000001 (at most 100000000 are read)");
  });

  test("a file that becomes shorter meanwhile", async () => {
    const file = await lyingFile("{}", 0);
    const handle = await open(file);
    const read = vi
      .spyOn(Object.getPrototypeOf(handle) as typeof handle, "read")
      .mockResolvedValueOnce({ bytesRead: 0, buffer: Buffer.alloc(0) });
    await expect(readSafetensors(file)).rejects.toThrow("it became shorter while it was read; see who else writes it, and read it again");
    read.mockRestore();
    await handle.close();
  });

  test("a file that is not there", async () => {
    await expect(readSafetensors("no-such-file")).rejects.toThrow("no-such-file: cannot be opened (ENOENT); make it, or name another");
  });
});

test("metadata of many megabytes come back", async () => {
  const file = path.join(await temporaryFolder(), "long.safetensors");
  const metadata = { names: '"Ann", '.repeat(2_000_000) };
  await writeSafetensors(file, { x: { shape: [1], data: Float32Array.of(1) } }, metadata);
  expect((await readSafetensors(file)).metadata.names).toHaveLength(14_000_000);
});
