import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { FaceSetManifest } from "../../lib/data/face-set-manifest.js";
import { loadFaceSetManifest } from "../../lib/data/load-face-sets.js";
import { readProtocol } from "../../lib/data/protocol-pairs.js";
import { realDataFolder } from "../real-data.js";
import { temporaryFolder } from "../temporary-folder.js";

const listed = { id: "list", title: "List", files: ["pairs.csv"], foldCount: 2, matedPairsPerFold: 1, nonMatedPairsPerFold: 1 };
const indexed = {
  ...listed,
  id: "indexed",
  title: "Indexed",
  files: ["P/Pair_list_F.txt", "P/Pair_list_P.txt", "P/1/same.txt", "P/1/diff.txt", "P/2/same.txt", "P/2/diff.txt"],
};
const list = "name,imagenum1,imagenum2,\nAnn,1,4,\nAnn,1,Bob_B,12\nBob_B,2,3,\nBob_B,2,Ann,1";
const indexedTexts: Record<string, string> = {
  "P/Pair_list_F.txt": "1 ../Data/Images/001/frontal/01.jpg\n2 ../Data/Images/002/frontal/01.jpg\n",
  "P/Pair_list_P.txt": "1 ../Data/Images/001/profile/01.jpg\n2 ../Data/Images/002/profile/01.jpg\n",
  "P/1/same.txt": "1,1\n",
  "P/1/diff.txt": "1,2\n",
  "P/2/same.txt": "2,2\n",
  "P/2/diff.txt": "2,1\n",
};

/** The pairs of protocol `id` of a face set in a folder with these files. */
async function read(id: string, texts: Record<string, string>, protocols = [listed, indexed]): ReturnType<typeof readProtocol> {
  const folder = await temporaryFolder();
  for (const [file, text] of Object.entries(texts)) {
    await mkdir(path.join(folder, "faces", "made", path.dirname(file)), { recursive: true });
    await writeFile(path.join(folder, "faces", "made", file), text);
  }
  const faceSet = { ...(await loadFaceSetManifest("cfp")), id: "made", folder: "made", access: "Get it.", protocols } as FaceSetManifest;
  return readProtocol(faceSet, id, folder);
}

describe("readProtocol", () => {
  it("reads a list of names and numbers, folds one after the other", async () => {
    const { folds, title } = await read("list", { "pairs.csv": list });
    expect(title).toBe("List");
    expect(folds).toEqual([
      [
        { first: "Ann/Ann_0001.jpg", second: "Ann/Ann_0004.jpg", isMated: true },
        { first: "Ann/Ann_0001.jpg", second: "Bob_B/Bob_B_0012.jpg", isMated: false },
      ],
      [
        { first: "Bob_B/Bob_B_0002.jpg", second: "Bob_B/Bob_B_0003.jpg", isMated: true },
        { first: "Bob_B/Bob_B_0002.jpg", second: "Ann/Ann_0001.jpg", isMated: false },
      ],
    ]);
  });

  it("reads the same from the tab-separated form with counts in its first line", async () => {
    const tabs = list
      .replace("name,imagenum1,imagenum2,", "2,1")
      .replaceAll(/,(?=\n|$)/g, "")
      .replaceAll(",", "\t");
    expect(await read("list", { "pairs.csv": tabs })).toEqual(await read("list", { "pairs.csv": list }));
  });

  it("reads numbers of images, the second of the second list", async () => {
    const { folds } = await read("indexed", indexedTexts);
    expect(folds[1]).toEqual([
      { first: "002/frontal/01.jpg", second: "002/profile/01.jpg", isMated: true },
      { first: "002/frontal/01.jpg", second: "001/profile/01.jpg", isMated: false },
    ]);
  });

  it.each([
    ["nothing", "list", {}, /pairs\.csv cannot be read \(ENOENT\)\. Get it\./],
    ["a name alone", "list", { "pairs.csv": "Ann\n" }, 'pairs.csv: line 1 is "Ann"; it must be a name and two numbers'],
    ["a number that is none", "list", { "pairs.csv": list.replace("1,4", "1,x") }, 'line 2 is "Ann,1,x,"; an image number must be a whole'],
    ["too few pairs", "list", { "pairs.csv": "Ann,1,2\n" }, "pairs.csv: 1 pairs; 2 folds have 4, so get the published file"],
    [
      "folds of another make",
      "list",
      { "pairs.csv": list.replace("Ann,1,Bob_B,12", "Ann,1,2,") },
      "fold 1 of List has 2 mated and 0 non-mated pairs; it must have 1 and 1, so get the published files",
    ],
    [
      "a number of no image",
      "indexed",
      { ...indexedTexts, "P/1/same.txt": "1,9\n" },
      'P/1/same.txt: line 1 is "1,9"; it must be two numbers',
    ],
    ["three numbers", "indexed", { ...indexedTexts, "P/1/same.txt": "1,1,1\n" }, 'line 1 is "1,1,1"; it must be two numbers'],
    [
      "a mated pair of two people",
      "indexed",
      { ...indexedTexts, "P/2/same.txt": "1,2\n" },
      "P/2/same.txt: line 1 pairs 001/frontal/01.jpg and 002/profile/01.jpg, of which same.txt cannot hold",
    ],
    [
      "a path elsewhere",
      "indexed",
      { ...indexedTexts, "P/Pair_list_F.txt": "1 ../Other/1.jpg\n" },
      'P/Pair_list_F.txt: line 1 is "1 ../Other/1.jpg"; it must be a new number and a path under Data/Images',
    ],
    ["no protocol of that name", "lst", {}, 'readProtocol: made has no protocol "lst"; did you mean "list"? There are: list, indexed'],
  ])("refuses %s", async (_, id, texts, message) => {
    await expect(read(id, texts)).rejects.toThrow(message);
  });

  it("refuses other files than it knows, and fewer folds than there must be", async () => {
    const odd = { ...indexed, files: ["P/Pair_list_F.txt", "P/pairs.txt"] };
    await expect(read("indexed", { ...indexedTexts, "P/pairs.txt": "" }, [odd])).rejects.toThrow(
      "readProtocol: got the file P/pairs.txt; an indexed protocol has Pair_list_*.txt, same.txt and diff.txt",
    );
    const more = { ...indexed, foldCount: 3 };
    await expect(read("indexed", indexedTexts, [more])).rejects.toThrow("readProtocol: Indexed has 2 folds; it must have 3");
  });
});

const data = realDataFolder();

describe.skipIf(data === null)("the published files", () => {
  it.each([
    ["lfw-all", "lfw-view-2", 6000, 7701],
    ["cfp", "cfp-ff", 7000, 5000],
    ["cfp", "cfp-fp", 7000, 7000],
  ])("%s: %s has its pairs", async (faceSet, id, pairCount, most) => {
    const { folds } = await readProtocol(await loadFaceSetManifest(faceSet), id, data!);
    const images = new Set(folds.flat().flatMap(({ first, second }) => [first, second]));
    expect([folds.length, folds.flat().length]).toEqual([10, pairCount]);
    expect(images.size).toBeLessThanOrEqual(most);
  });
});
