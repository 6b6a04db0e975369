import path from "node:path";
import { DataError } from "../core/errors.js";
import { packageVersion } from "../core/version.js";
import {
  checkWeights,
  type DetectorManifest,
  type EncoderManifest,
  faceSetManifestSha256,
  encoderManifestSha256,
  imageFolderOf,
  listEncoderManifests,
  listFaceImages,
  loadFaceSetManifest,
  ownEmbeddings,
  pipelineVersion,
  type Provenance,
  resolveDataFolder,
  weightsSha256,
  weightsStatus,
  withHashes,
} from "../data/index.js";
import { listKnown } from "../data/nearest.js";
import { writeProblems } from "../data/problem-file.js";
import { embedFaces, type EmbedResult, type OnnxProvider } from "../encoders/index.js";
import { chooseDetector } from "./choose-detector.js";
import { printProblems } from "./problems.js";
import { shareOf, type Shard } from "./shard.js";
import { interruptSignal, print, progressBar, say } from "./terminal.js";

type Network = EncoderManifest | DetectorManifest;

export interface EmbedCommandOptions {
  readonly faces: string;
  /** `all`, `packed`, or ids between commas. */
  readonly encoders: string;
  /** Id. */
  readonly detector?: string;
  readonly provider: OnnxProvider;
  readonly data?: string;
  /** @defaultValue where studies look */
  readonly out?: string;
  readonly shard?: Shard;
  /** Takes the report. @defaultValue standard output */
  readonly write?: (text: string) => void;
}

/** `facebridge embed`: a face set through networks to embedding files. */
export async function embedCommand({
  faces,
  encoders: wanted,
  detector: wantedDetector,
  provider,
  data,
  out = ownEmbeddings(),
  shard,
  write = print,
}: EmbedCommandOptions): Promise<void> {
  const dataFolder = resolveDataFolder(data);
  const faceSet = await loadFaceSetManifest(faces);
  const known = await listEncoderManifests();
  const detecting = await chooseDetector(wantedDetector, dataFolder);
  const chosen = await chooseEncoders(wanted, known, dataFolder);
  for (const network of [detecting, ...chosen]) await checkWeights(network, dataFolder);
  const detector = await withHashes(detecting, dataFolder);
  const encoders = await Promise.all(chosen.map((encoder) => withHashes(encoder, dataFolder)));
  const images = await listFaceImages(faceSet, dataFolder);

  const shared = {
    detectorSha256: weightsSha256(detector.weights),
    faceSetManifestSha256: await faceSetManifestSha256(faces),
    packageVersion,
    pipelineVersion,
    coding: "float32",
  };
  const provenance: Record<string, Provenance> = {};
  for (const { id, weights } of encoders) {
    provenance[id] = { encoderSha256: weightsSha256(weights), encoderManifestSha256: await encoderManifestSha256(id), ...shared };
  }
  const result = await embedFaces({
    faceSet: faces,
    images,
    imageFolder: imageFolderOf(faceSet, dataFolder),
    dataFolder,
    detector,
    encoders,
    provenance,
    out,
    provider,
    ...(shard === undefined ? {} : { share: (blocks: number) => shareOf(blocks, shard) }),
    startProgress: (total, done) => progressBar(`embed ${faces}`, "images", total, done),
    signal: interruptSignal(),
  });
  const folder = path.join(out, faces);
  if (result === null) {
    print(`share ${shard!.index} of ${shard!.count} is done, under ${folder}; once all are, run the same command without --shard`);
    return;
  }
  await writeProblems(path.join(folder, "problems.tsv"), result.problems);
  report(result, { folder, imageCount: images.length, write });
}

async function chooseEncoders(wanted: string, all: readonly Network[], dataFolder: string): Promise<EncoderManifest[]> {
  const known = all.filter((network) => network.kind !== "detector");
  if (wanted === "all") {
    const onnx = known.filter(({ format }) => format === "onnx");
    const statuses = await Promise.all(onnx.map((encoder) => weightsStatus(encoder, dataFolder)));
    const here = onnx.filter((_, i) => statuses[i] !== "missing");
    if (here.length > 0) return here;
    throw new DataError(`embed: no ONNX network is in ${dataFolder}/encoders; name networks, or see what facebridge data list has`);
  }
  if (wanted === "packed") return known.filter(({ packed }) => packed);
  return [...new Set(wanted.split(","))].map((id) => {
    const found = known.find((network) => network.id === id);
    if (found) return found;
    throw new DataError(`embed: no encoder "${id}"${listKnown(id, ["all", "packed", ...known.map((network) => network.id)])}`);
  });
}

interface ReportOptions {
  readonly folder: string;
  readonly imageCount: number;
  readonly write: (text: string) => void;
}

function report({ items, problems, written, current }: EmbedResult, { folder, imageCount, write }: ReportOptions): void {
  printProblems(problems, path.join(folder, "problems.tsv"), write);
  write(`${items.length} of ${imageCount} images embedded, ${problems.length} remarks, in ${folder}`);
  if (current.length > 0) say(`there already: ${current.join(", ")}`);
  if (written.length > 0) say(`written: ${written.join(", ")}`);
}
