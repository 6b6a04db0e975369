import path from "node:path";
import process from "node:process";
import {
  checkWeights,
  type EncoderManifest,
  type FaceSetManifest,
  listEmbeddingSets,
  listFaceImages,
  listFaceSetManifests,
  loadFaceSetManifest,
  localFolder,
  resolveDataFolder,
} from "../data/index.js";
import { addEncoder, type NetworkAnswers, sampleFaces } from "../encoders/index.js";
import { chooseEngine } from "../linalg/index.js";
import { type PreprocessingTrial, type TriedPreprocessing, tryPreprocessing } from "../study/index.js";
import { askPreprocessing, formatNumbers, type PreprocessingAnswers, usualPreprocessing } from "./ask-preprocessing.js";
import { chooseDetector } from "./choose-detector.js";
import { idFromPath } from "./id-from-path.js";
import { interruptSignal, print, say, shellWord, textTable } from "./terminal.js";

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
  const id = options.as ?? idFromPath(file);
  const { licence = "not said", replace = false } = options;
  const before = (await listEmbeddingSets()).filter(({ encoder, from }) => encoder === id && from === "embedded");
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
  if (before.length > 0) say(`deleted what the network before it had embedded: ${before.map(({ faceSet }) => faceSet).join(", ")}`);
  await check(manifest, file, options);
}

/** Asks for what a graph cannot tell, where somebody can answer; else takes what is most usual for face networks, and says so. */
async function complete(options: AddEncoderCommandOptions): Promise<NetworkAnswers> {
  const { input: inputName, output: outputName, size, layout, pooling, kind, channels, mean, scale, crop } = options;
  const given = { inputName, outputName, size, layout, pooling, kind, channels, mean, scale, crop };
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<NetworkAnswers>;
  const open = preprocessingFields.filter((name) => options[name] === undefined);
  const canAsk = open.length > 0 && process.stdin.isTTY && process.stderr.isTTY;
  if (open.length > 0 && !canAsk)
    say(`taken as most face networks have it, since no option says otherwise: ${flagsOf(usualPreprocessing, open)}`);
  const asked = canAsk ? await askPreprocessing(open, { input: process.stdin, output: process.stderr }) : {};
  return { ...usualPreprocessing, ...known, ...asked };
}

const preprocessingFields = ["channels", "mean", "scale", "crop"] as const;

/** As options of the command line. */
function flagsOf(answers: PreprocessingAnswers, names: readonly (keyof PreprocessingAnswers)[] = preprocessingFields): string {
  return names.map((name) => `--${name} ${formatNumbers(answers[name])}`).join(" ");
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
    const changes = preprocessingFields.filter((name) => JSON.stringify(better[name]) !== JSON.stringify(own[name]));
    const words = changes.map((name) => `${name} ${formatNumbers(better[name])} instead of ${formatNumbers(own[name])}`).join(", ");
    const { input, output, size, layout, pooling, kind, licence, faces, detector, data } = options;
    const given = { input, output, size: size && `${size.width}x${size.height}`, layout, pooling, kind, licence, faces, detector, data };
    const kept = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${shellWord(value)}`]));
    const flags = [flagsOf(better), ...kept].join(" ");
    return [
      `WARNING: the preprocessing looks wrong. Best is "${better.name}": ${words}.`,
      `d′ is higher by ${better.gain.toFixed(2)} (95 % interval over people ${better.low.toFixed(2)} to ${better.high.toFixed(2)}). To take it:`,
      `npx facebridge encoder add ${shellWord(file)} --as ${id} --replace ${flags}`,
    ].join("\n");
  }
  if (own.auc === null || own.auc < 0.7)
    return `WARNING: ${id} hardly tells people apart, and no usual preprocessing does better. See that its output is an embedding (--output).`;
  return `No other preprocessing is surely better.`;
}

function describe({ channels, mean, scale, crop }: Omit<TriedPreprocessing, "name" | "auc" | "dPrime">): string {
  return `${channels}, (x − ${formatNumbers(mean)}) · ${formatNumbers(scale)}, ${crop}`;
}
