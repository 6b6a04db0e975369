import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readScoreFile, writeScoreFile, type ScoreFormat, type ScoreRow } from "../../lib/data/score-file.js";
import { temporaryFolder } from "../temporary-folder.js";

const row: ScoreRow = { probe: "ann/2.jpg", gallery: "bob/1.jpg", probeIdentity: "ann", galleryIdentity: "bob", score: Math.fround(0.1) };

async function written(rows: readonly ScoreRow[], format: ScoreFormat): Promise<string> {
  const file = path.join(await temporaryFolder(), "scores");
  await writeScoreFile(file, rows, format);
  return file;
}

async function refusal(text: string, format: ScoreFormat): Promise<string> {
  const file = path.join(await temporaryFolder(), "scores");
  await writeFile(file, text);
  const error: unknown = await readScoreFile(file, format).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: "DataError" });
  return (error as Error).message.replace(file, "scores");
}

describe("score files", () => {
  it("are claimed id, real id, probe and score in four columns", async () => {
    const file = await written([row, { ...row, score: -Infinity }], "four-column");
    expect(await readFile(file, "utf8")).toBe("bob ann ann/2.jpg 0.100000001\nbob ann ann/2.jpg -inf\n");
    expect(await readScoreFile(file, "four-column")).toEqual([
      { ...row, gallery: "bob", score: 0.100000001 },
      { ...row, gallery: "bob", score: -Infinity },
    ]);
  });

  it("are a table with a header as CSV, quoted where they must be", async () => {
    const file = await written([{ ...row, probe: 'an,n "2"' }], "csv");
    expect(await readFile(file, "utf8")).toBe(
      'probe,gallery,probeIdentity,galleryIdentity,score\n"an,n ""2""",bob/1.jpg,ann,bob,0.100000001\n',
    );
  });

  it("give back float32 scores and names as they were", async () => {
    const name = fc.string({ minLength: 1, unit: fc.constantFrom("a", ",", '"', "é", "/", ";") });
    const anyRow = fc.record({
      probe: name,
      gallery: name,
      probeIdentity: name,
      galleryIdentity: name,
      score: fc.float({ noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(anyRow, { minLength: 1, maxLength: 5 }), async (rows) => {
        const back = await readScoreFile(await written(rows, "csv"), "csv");
        expect(back.map((one) => ({ ...one, score: Math.fround(one.score) + 0 }))).toEqual(
          rows.map((one) => ({ ...one, score: one.score + 0 })),
        );
      }),
      { numRuns: 30 },
    );
  });

  it("may be longer than one chunk, with line ends of either kind and empty lines", async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => ({ ...row, score: i }));
    const file = await written(rows, "csv");
    expect((await readScoreFile(file, "csv")).map(({ score }) => score)).toEqual(rows.map(({ score }) => score));
    await writeFile(file, "a b c 1\r\n\r\n  a\tb c   2e-3\r\n");
    expect((await readScoreFile(file, "four-column")).map(({ score }) => score)).toEqual([1, 0.002]);
  });

  it.each<[string, string, ScoreFormat, string]>([
    ["three columns", "a b c 1\na b 1\n", "four-column", "scores: line 2 has 3 columns; it must have 4, claimed-id real-id probe score"],
    ["a word for a score", "a b c one\n", "four-column", 'scores: line 1: the score is "one"; it must be a number'],
    ["NaN", "a b c nan\n", "four-column", 'scores: line 1: the score is "nan"; it must be a number'],
    ["a hexadecimal score", "a b c 0x10\n", "four-column", 'scores: line 1: the score is "0x10"; it must be a number'],
    ["nothing", "\n", "four-column", "scores: there is no score in it; make it again"],
    [
      "another header",
      "probe,score\n",
      "csv",
      'scores: line 1 is "probe,score"; it must be the columns probe,gallery,probeIdentity,galleryIdentity,score',
    ],
    [
      "four fields",
      "probe,gallery,probeIdentity,galleryIdentity,score\na,b,c,1\n",
      "csv",
      "scores: line 2 has 4 columns; it must have 5, probe,gallery,probeIdentity,galleryIdentity,score",
    ],
    [
      "an open quotation",
      'probe,gallery,probeIdentity,galleryIdentity,score\n"a,b,c,d,1\n',
      "csv",
      "scores: line 2 has a quotation mark that does not end, or one within a name; double it and quote the name",
    ],
    [
      "an empty field",
      "probe,gallery,probeIdentity,galleryIdentity,score\na,,c,d,1\n",
      "csv",
      "scores: line 2: gallery is empty; give every column a value",
    ],
  ])("refuse %s and name the line", async (_, text, format, message) => {
    expect(await refusal(text, format)).toBe(message);
  });

  it("refuse a file that is not there", async () => {
    await expect(readScoreFile(path.join(await temporaryFolder(), "none"), "csv")).rejects.toThrow(
      "none: cannot be read (ENOENT); make it, or name another",
    );
  });

  it("cannot be written with names that would part a line, nor with NaN", async () => {
    await expect(written([row, { ...row, probe: "a b" }], "four-column")).rejects.toThrow(
      'writeScoreFile: row 1: the name "a b" cannot be in a four-column file; give it letters, and no blanks',
    );
    await expect(written([{ ...row, gallery: "a\n" }], "csv")).rejects.toThrow(
      'writeScoreFile: row 0: the name "a\\n" cannot be in a csv file; give it letters, and no line ends',
    );
    await expect(written([{ ...row, score: NaN }], "csv")).rejects.toThrow(
      "writeScoreFile: row 0: the score is NaN; leave that comparison out",
    );
  });
});
