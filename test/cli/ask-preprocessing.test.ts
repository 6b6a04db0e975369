import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { askPreprocessing, formatNumbers, parseNumbers, type PreprocessingAnswers } from "../../lib/cli/ask-preprocessing.js";
import { DataError } from "../../lib/core/errors.js";

const fields = ["channels", "mean", "scale", "crop"] as const;

/** Ask at a terminal where somebody types these lines, each once a question has been put, and give back what it showed. */
async function talk(
  open: Parameters<typeof askPreprocessing>[0],
  typed: readonly string[],
): Promise<{ answers: Partial<PreprocessingAnswers> | DOMException; shown: string }> {
  const [input, output] = [new PassThrough(), Object.assign(new PassThrough(), { isTTY: true })];
  const left = [...typed];
  let shown = "";
  output.on("data", (bytes: Buffer) => {
    const text = bytes.toString();
    shown += text;
    if (/\[[^\]]+\]: /.test(text)) setImmediate(() => input.write(left.shift() ?? "\x04"));
  });
  const answers = await askPreprocessing(open, { input, output }).catch((error: unknown) => error as DOMException);
  expect(left).toEqual([]);
  return { answers, shown };
}

describe("askPreprocessing", () => {
  test("asks for each open field, says what is usual, and takes it for an empty line", async () => {
    const { answers, shown } = await talk(fields, ["\n", "123.675, 116.28,103.53\n", "1/128\n", "  \n"]);
    expect(answers).toEqual({ channels: "RGB", mean: [123.675, 116.28, 103.53], scale: 1 / 128, crop: "arcface-112" });
    for (const question of ["channels [RGB]: ", "mean [127.5]: ", "scale [1/127.5]: ", "crop [arcface-112]: "]) {
      expect(shown).toContain(question);
    }
  });

  test("asks for nothing that an option has said", async () => {
    const { answers, shown } = await talk(["scale"], ["1\n"]);
    expect(answers).toEqual({ scale: 1 });
    expect(shown).not.toMatch(/channels|mean|crop/);
  });

  test("asks again where a line is no answer, and takes names in any case", async () => {
    const { answers, shown } = await talk(["channels", "mean"], ["rbg\n", "bgr\n", "1,2\n", "0\n"]);
    expect(answers).toEqual({ channels: "BGR", mean: 0 });
    expect(shown).toContain('encoder add: channels is "rbg"; it must be RGB or BGR or GRAY\n');
    expect(shown).toContain('encoder add: "1,2" is neither a number nor three between commas');
  });

  test.each([
    ["Ctrl-C", "\x03"],
    ["Ctrl-D", "\x04"],
  ])("%s ends it as an interrupt", async (_, key) => {
    const { answers } = await talk(fields, ["BGR\n", key]);
    expect(answers).toEqual(new DOMException("interrupted; nothing was added", "AbortError"));
  });
});

test.each(["127.5", "1/127.5", "0", "-1", "123.675,116.28,103.53", "1/58.395,1/57.12,1/57.375"])("%s is written as it is read", (text) => {
  expect(formatNumbers(parseNumbers(text))).toBe(text);
});

test.each(["", "a", "1,2", "1,2,3,4", "1/0", "1/2/3", "/2", "Infinity"])('"%s" is no number', (text) => {
  expect(() => parseNumbers(text)).toThrow(
    new DataError(`encoder add: "${text}" is neither a number nor three between commas, such as 127.5 or 1/127.5 or 123.7,116.3,103.5`),
  );
});
