import path from "node:path";
import process from "node:process";
import { createInterface } from "node:readline/promises";
import { DataError } from "../core/errors.js";
import {
  checkWeights,
  type EncoderManifest,
  type FaceSetManifest,
  listFaceImages,
  listFaceSetManifests,
  loadFaceSetManifest,
  localFolder,
  resolveDataFolder,
} from "../data/index.js";
import { addEncoder, type NetworkAnswers, sampleFaces } from "../encoders/index.js";
import { chooseEngine } from "../linalg/index.js";
import { type PreprocessingTrial, type TriedPreprocessing, tryPreprocessing } from "../study/index.js";
import { chooseDetector } from "./choose-detector.js";
import { interruptSignal, print, say, textTable } from "./terminal.js";

export interface AddEncoderCommandOptions {
  readonly as?: string;
  readonly input?: string;
  readonly output?: string;
  readonly size?: { readonly width: number; readonly height: number };
  readonly layout?: "NCHW" | "NHWC";
  readonly channels?: "RGB" | "BGR" | "GRAY";
  readonly mean?: number | readonly number[];
  readonly scale?: number | readonly number[];
  readonly crop?: "arcface-112" | "context-224";
  readonly pooling?: NonNullable<NetworkAnswers["pooling"]>;
  readonly kind?: "face" | "vision";
  readonly licence?: string;
  readonly replace?: boolean;
  readonly faces?: string;
  readonly detector?: string;
  readonly data?: string;
}

/** `facebridge encoder add`: a network's file to a manifest and a check on faces. */
export async function addEncoderCommand(file: string, options: AddEncoderCommandOptions): Promise<void> {
  const id = options.as ?? path.basename(file, path.extname(file)).replace(/[^A-Za-z0-9._-]+/g, "_");
  const { licence = "not said", replace = false } = options;
  const manifest = await addEncoder(file, { id, answers: await complete(options), licence, replace });
  const { input, output, dimension, crop } = manifest;
  print(
    textTable(
      ["field", "value"],
      [
        ["id", id],
        ["input", `"${input.name}", ${input.width} × ${input.height}, ${input.layout}, batch ${input.batch}`],
        ["output", `"${output.name}", ${dimension} values${output.pooling ? `, ${output.pooling}` : ""}`],
        ["preprocessing", describe({ ...input, crop })],
        ["manifest", path.join(localFolder(), "encoders", `${id}.json`)],
      ],
    ),
  );
  await check(manifest, file, options);
}

/** Asks for what a graph cannot tell, where somebody can answer; else takes what is most usual for face networks, and says so. */
async function complete(options: AddEncoderCommandOptions): Promise<NetworkAnswers> {
  const { input: inputName, output: outputName, size, layout, pooling, kind } = options;
  const optional = { inputName, outputName, size, layout, pooling, kind };
  const known = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)) as Partial<NetworkAnswers>;
  const usual = { channels: "RGB", mean: 127.5, scale: 1 / 127.5, crop: "arcface-112" } as const;
  const open = (["channels", "mean", "scale", "crop"] as const).filter((name) => options[name] === undefined);
  const { channels = usual.channels, mean = usual.mean, scale = usual.scale, crop = usual.crop } = options;
  const answers = { ...known, channels, mean, scale, crop };
  if (open.length === 0) return answers;
  if (!process.stdin.isTTY) {
    say(
      `taken as most face networks have it, since no option says otherwise: ${open.map((name) => `--${name} ${formatNumbers(usual[name])}`).join(" ")}`,
    );
    return answers;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    for (const name of open) {
      const given = (await terminal.question(`${name} [${formatNumbers(usual[name])}]: `)).trim();
      if (given !== "") Object.assign(answers, { [name]: readAnswer(name, given) });
    }
  } finally {
    terminal.close();
  }
  return answers;
}

function readAnswer(name: "channels" | "mean" | "scale" | "crop", text: string): unknown {
  if (name === "mean" || name === "scale") return parseNumbers(text);
  const allowed = name === "channels" ? ["RGB", "BGR", "GRAY"] : ["arcface-112", "context-224"];
  if (allowed.includes(text)) return text;
  throw new DataError(`encoder add: ${name} is "${text}"; it must be ${allowed.join(" or ")}`);
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

/** Try the network on faces that are at hand, and say when other preprocessing does better. */
async function check(manifest: EncoderManifest, file: string, options: AddEncoderCommandOptions): Promise<void> {
  const { faces, detector: wanted, data } = options;
  const signal = interruptSignal();
  const dataFolder = data ?? process.env.FACEBRIDGE_DATA;
  const skip = (why: string): void => {
    say(`not checked on faces: ${why}`);
  };
  if (!dataFolder) {
    skip("no data folder with a face detector was named; give --data <folder> or set FACEBRIDGE_DATA");
    return;
  }
  const folder = resolveDataFolder(dataFolder);
  const faceSet = faces === undefined ? await findFaceSet(folder) : await loadFaceSetManifest(faces);
  if (faceSet === null) {
    skip("no face set is at hand; facebridge faces add <folder> takes one in");
    return;
  }
  const detector = await chooseDetector(wanted, folder);
  await checkWeights(detector, folder);
  const sampled = await sampleFaces(faceSet, { dataFolder: folder, detector, signal });
  const people = new Set(sampled.identities).size;
  say(`trying the usual preprocessing on ${sampled.identities.length} faces of ${people} people of ${faceSet.id}`);
  const trial = await tryPreprocessing(manifest, sampled, { dataFolder: folder, engine: await chooseEngine(), signal });
  print(trialTable(trial));
  print(judge(trial, manifest, file, options));
}

/** The first set whose images are there, the user's own before the project's. */
async function findFaceSet(dataFolder: string): Promise<FaceSetManifest | null> {
  const all = await listFaceSetManifests();
  for (const faceSet of [...all.filter(({ root }) => root !== undefined), ...all.filter(({ root }) => root === undefined)]) {
    const images = await listFaceImages(faceSet, dataFolder).catch(() => []);
    if (new Set(images.map(({ identity }) => identity)).size >= 10) return faceSet;
  }
  return null;
}

function trialTable({ own, others }: PreprocessingTrial): string {
  const rows = [own, ...others].map((tried) => [
    tried.name,
    describe(tried),
    tried.auc === null ? "no vectors" : tried.auc.toFixed(4),
    tried.dPrime === null ? "no vectors" : tried.dPrime.toFixed(2),
  ]);
  return textTable(["tried", "preprocessing", "AUC", "d′"], rows);
}

function judge({ own, better }: PreprocessingTrial, { id }: EncoderManifest, file: string, options: AddEncoderCommandOptions): string {
  if (better !== null) {
    const changes = (["channels", "mean", "scale", "crop"] as const).filter(
      (name) => JSON.stringify(better[name]) !== JSON.stringify(own[name]),
    );
    const words = changes.map((name) => `${name} ${formatNumbers(better[name])} instead of ${formatNumbers(own[name])}`).join(", ");
    const { input, output, size, layout, pooling, kind, licence } = options;
    const given = { input, output, size: size && `${size.width}x${size.height}`, layout, pooling, kind, licence };
    const kept = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${JSON.stringify(value)}`]));
    const found = (["channels", "mean", "scale", "crop"] as const).map((name) => `--${name} ${formatNumbers(better[name])}`);
    const flags = [...found, ...kept].join(" ");
    return [
      `WARNING: the preprocessing looks wrong. Best is "${better.name}": ${words}.`,
      `d′ is higher by ${better.gain.toFixed(2)} (95 % interval over people ${better.low.toFixed(2)} to ${better.high.toFixed(2)}). To take it:`,
      `facebridge encoder add ${file} --as ${id} --replace ${flags}`,
    ].join("\n");
  }
  if (own.auc === null || own.auc < 0.7)
    return `WARNING: ${id} hardly tells people apart, and no usual preprocessing does better. See that its output is an embedding (--output).`;
  return `No other preprocessing is surely better.`;
}

function describe({ channels, mean, scale, crop }: Omit<TriedPreprocessing, "name" | "auc" | "dPrime">): string {
  return `${channels}, (x − ${formatNumbers(mean)}) · ${formatNumbers(scale)}, ${crop}`;
}

/** Numbers as `parseNumbers` reads them: small ones as fractions of 1. */
function formatNumbers(value: string | number | readonly number[]): string {
  if (typeof value === "string") return value;
  return [value].flat().map(formatOne).join(",");
}

function formatOne(value: number): string {
  const inverse = 1 / value;
  const rounded = Number(inverse.toPrecision(6));
  return value !== 0 && Math.abs(value) < 0.1 && Math.abs(1 / rounded - value) <= 1e-9 * Math.abs(value) ? `1/${rounded}` : String(value);
}
