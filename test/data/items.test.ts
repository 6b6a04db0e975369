import path from "node:path";
import { expect, test } from "vitest";
import { DataError } from "../../lib/core/errors.js";
import { formatItems, type Item, itemsSha256, parseItems, readItems, writeItems } from "../../lib/data/index.js";
import { temporaryFolder } from "../temporary-folder.js";

const items: Item[] = [
  { image: "Ann/1.jpg", identity: "Ann", pose: null, sha256: "a".repeat(64), detectionScore: 0.8123456789012345 },
  { image: "Bo/profile/2.jpg", identity: "Bo", pose: "profile", sha256: "b".repeat(64), detectionScore: 1 },
];
const text = formatItems(items);

test("a table comes back as it was written", async () => {
  const file = path.join(await temporaryFolder(), "items.tsv");
  await writeItems(file, items);
  expect(await readItems(file)).toEqual(items);
});

test("a table is a header, a line an item, and a line end", () => {
  expect(text.split("\n")).toEqual([
    "image\tidentity\tpose\tsha256\tdetectionScore",
    `Ann/1.jpg\tAnn\t\t${"a".repeat(64)}\t0.8123456789012345`,
    `Bo/profile/2.jpg\tBo\tprofile\t${"b".repeat(64)}\t1`,
    "",
  ]);
});

test("a table's hash changes with the order of its items", () => {
  expect(itemsSha256(items)).toMatch(/^[0-9a-f]{64}$/);
  expect(itemsSha256([...items].reverse())).not.toBe(itemsSha256(items));
});

test("Windows line ends are read", () => {
  expect(parseItems(text.replaceAll("\n", "\r\n"), "t")).toEqual(items);
});

test.each<[string, string, string]>([
  ["another header", text.replace("identity", "person"), 't: the first line is "image\tperson'],
  ["a cut last line", text.slice(0, -1), "t: the last line does not end; the file was cut short, so make it again"],
  ["a short line", `${text}x\ty\n`, "t: line 4 has 2 columns; it must have 5"],
  ["an image twice", text + text.split("\n")[1] + "\n", 't: item 3 (line 4): image is "Ann/1.jpg"; it must be there once'],
  ["an image elsewhere", text.replace("Ann/1", "../1"), 't: item 1 (line 2): image is "../1.jpg"; it must be a relative path'],
  ["no identity", text.replace("\tAnn\t", "\t\t"), 'identity is ""; it must be a name without tabs and line ends'],
  ["a strange pose", text.replace("\tprofile", "\tback"), 't: item 2 (line 3): pose is "back"; it must be frontal, profile or empty'],
  ["a short hash", text.replace("aaa", "a"), "; it must be 64 hex digits in lower case"],
  ["a score above one", text.replace("\t1\n", "\t1.5\n"), "detectionScore is 1.5; it must be a number from 0 to 1"],
  ["a blank score", text.replace("\t1\n", "\t \n"), "it must be a number from 0 to 1"],
])("a table with %s is refused", (_, table, message) => {
  expect(() => parseItems(table, "t")).toThrow(DataError);
  expect(() => parseItems(table, "t")).toThrow(message);
});

test("an item whose name would break the table is not written", () => {
  expect(() => formatItems([{ ...items[0], image: "a\tb.jpg" }])).toThrow(
    'formatItems: item 1 (line 2): image is "a\\tb.jpg"; it must be free of',
  );
  expect(() => formatItems([{ ...items[0], identity: "a\nb" }])).toThrow('identity is "a\\nb"; it must be a name without tabs');
});

test("a table that is not there is named", async () => {
  await expect(readItems("no-such.tsv")).rejects.toThrow("no-such.tsv: cannot be read (ENOENT); make it, or name another");
});
