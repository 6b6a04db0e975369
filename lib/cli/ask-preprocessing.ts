import { createInterface } from "node:readline/promises";
import { DataError } from "../core/errors.js";
import type { NetworkAnswers } from "../encoders/index.js";

/** What no graph tells. */
export type PreprocessingAnswers = Pick<NetworkAnswers, "channels" | "mean" | "scale" | "crop">;
type Field = keyof PreprocessingAnswers;

/** As most face networks have it. */
export const usualPreprocessing: PreprocessingAnswers = { channels: "RGB", mean: 127.5, scale: 1 / 127.5, crop: "arcface-112" };

export interface AskedTerminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/**
 * Ask at a terminal for the fields that are open: an empty line takes the usual value, and a line that is no answer is asked for again.
 *
 * @throws AbortError when Ctrl-C or Ctrl-D ends it.
 */
export async function askPreprocessing(open: readonly Field[], { input, output }: AskedTerminal): Promise<Partial<PreprocessingAnswers>> {
  const terminal = createInterface({ input, output });
  const answers: Record<string, unknown> = {};
  try {
    for (const field of open) {
      while (!(field in answers)) {
        const given = (await terminal.question(`${field} [${formatNumbers(usualPreprocessing[field])}]: `)).trim();
        try {
          answers[field] = given === "" ? usualPreprocessing[field] : readAnswer(field, given);
        } catch (error) {
          if (!(error instanceof DataError)) throw error;
          output.write(`${error.message}\n`);
        }
      }
    }
  } catch (error) {
    if (!(error instanceof Error && error.name === "AbortError")) throw error;
    output.write("\n");
    throw new DOMException("interrupted; nothing was added", "AbortError");
  } finally {
    terminal.close();
  }
  return answers;
}

function readAnswer(field: Field, text: string): unknown {
  if (field === "mean" || field === "scale") return parseNumbers(text);
  const allowed = field === "channels" ? ["RGB", "BGR", "GRAY"] : ["arcface-112", "context-224"];
  const found = allowed.find((name) => name.toLowerCase() === text.toLowerCase());
  if (found !== undefined) return found;
  throw new DataError(`encoder add: ${field} is "${text}"; it must be ${allowed.join(" or ")}`);
}

/** One number or three between commas; `1/127.5` is a number. @throws DataError when it is neither. */
export function parseNumbers(text: string): number | readonly number[] {
  const numbers = text.split(",").map((part) => {
    const [top, bottom = "1", ...rest] = part.split("/").map((side) => side.trim());
    return rest.length > 0 || top === "" || bottom === "" ? NaN : Number(top) / Number(bottom);
  });
  if (numbers.every(Number.isFinite) && numbers.length === 1) return numbers[0];
  if (numbers.every(Number.isFinite) && numbers.length === 3) return numbers;
  throw new DataError(`encoder add: "${text}" is neither a number nor three between commas, such as 127.5 or 1/127.5 or 123.7,116.3,103.5`);
}

/** Numbers as `parseNumbers` reads them: small ones as fractions of 1. */
export function formatNumbers(value: string | number | readonly number[]): string {
  if (typeof value === "string") return value;
  return [value].flat().map(formatOne).join(",");
}

function formatOne(value: number): string {
  const inverse = 1 / value;
  const rounded = Number(inverse.toPrecision(6));
  return value !== 0 && Math.abs(value) < 0.1 && Math.abs(1 / rounded - value) <= 1e-9 * Math.abs(value) ? `1/${rounded}` : String(value);
}
