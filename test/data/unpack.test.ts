import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { DataError } from "../../lib/core/errors.js";
import { unpackArchive } from "../../lib/data/unpack.js";
import { temporaryFolder } from "../temporary-folder.js";
import { type Member, tarGz, zip } from "./archives.js";

const makers = { zip, "tar.gz": tarGz } as const;
const formats = ["zip", "tar.gz"] as const;
const text = (value: string): Uint8Array => Buffer.from(value);

async function unpack(format: "zip" | "tar.gz", archive: Uint8Array, options: Partial<Parameters<typeof unpackArchive>[3]> = {}) {
  const parent = await temporaryFolder();
  const folder = path.join(parent, "to");
  await mkdir(folder);
  const file = path.join(parent, "archive");
  await writeFile(file, archive);
  const names = await unpackArchive(file, folder, format, { strip: 0, ...options });
  return { names, folder, parent };
}

describe.each(formats)("a %s archive", (format) => {
  const make = makers[format];
  const good: Member[] = [
    { name: "lfw/" },
    { name: "lfw/Ann/Ann_0001.jpg", bytes: text("one") },
    { name: "lfw/Bob/Bob_0001.jpg", bytes: new Uint8Array(200_000).fill(7) },
    { name: "README", bytes: text("read me") },
  ];

  test("is unpacked, its leading folders left out", async () => {
    const { names, folder } = await unpack(format, make(good), { strip: 1 });
    expect(names).toEqual(["Ann/Ann_0001.jpg", "Bob/Bob_0001.jpg"]);
    expect(await readFile(path.join(folder, "Ann/Ann_0001.jpg"), "utf8")).toBe("one");
    expect((await readFile(path.join(folder, "Bob/Bob_0001.jpg"))).equals(Buffer.alloc(200_000, 7))).toBe(true);
  });

  test("gives only what is asked for", async () => {
    const { names, folder } = await unpack(format, make(good), { strip: 1, only: ["Ann/Ann_0001.jpg"] });
    expect(names).toEqual(["Ann/Ann_0001.jpg"]);
    expect(await readdir(folder)).toEqual(["Ann"]);
  });

  const bad: [string, Member[], string][] = [
    ["a name that leads upwards", [{ name: "../secret", bytes: text("x") }], 'holds "../secret", which leads out of its folder'],
    ["a name that leads upwards from within", [{ name: "a/../../secret", bytes: text("x") }], "which leads out of its folder"],
    ["an absolute name", [{ name: "/etc/passwd", bytes: text("x") }], 'holds "/etc/passwd", which leads out of its folder'],
    [
      "a link",
      [
        { name: "link", link: "/etc" },
        { name: "link/x", bytes: text("x") },
      ],
      'holds "link", which is neither a file nor a folder',
    ],
    [
      "a name twice, in capitals too",
      [
        { name: "a", bytes: text("x") },
        { name: "A", bytes: text("y") },
      ],
      'holds "A" twice',
    ],
  ];
  test.each(bad)("with %s is refused", async (_, members, message) => {
    const unpacking = unpack(format, make(members));
    await expect(unpacking).rejects.toThrow(DataError);
    await expect(unpacking).rejects.toThrow(message);
  });

  test("that grows beyond measure is refused before it is written", async () => {
    const bomb = make([{ name: "zeros", bytes: new Uint8Array(4_000_000) }]);
    await expect(unpack(format, bomb, { sizeLimit: 1_000_000 })).rejects.toThrow(
      "unpacks to more than 977 KiB; it is not unpacked, so do not trust where it came from",
    );
    const many = make(Array.from({ length: 20 }, (_, i) => ({ name: `f${i}` })));
    await expect(unpack(format, many, { countLimit: 10 })).rejects.toThrow("holds more than 10 files; it is not unpacked");
  });

  test("that is cut short, is no archive, or holds nothing is not taken", async () => {
    const whole = make(good);
    await expect(unpack(format, whole.subarray(0, whole.length / 2))).rejects.toThrow(/cannot be read to its end \(.+\); get it again$/);
    await expect(unpack(format, text("not an archive at all, whatever its name says"))).rejects.toThrow("; get it again");
    await expect(unpack(format, make([{ name: "empty/" }]))).rejects.toThrow("(it holds no file); get it again");
  });
});

test("a zip member that is more than its directory says is not taken", async () => {
  const lying = zip([{ name: "small", bytes: new Uint8Array(100_000), statedBytes: 10 }]);
  await expect(unpack("zip", lying)).rejects.toThrow("cannot be read to its end (");
});
