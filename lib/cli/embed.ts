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
  pipelineVersion,
  type Provenance,
  resolveDataFolder,
  withHashes,
} from "../data/index.js";
import { writeAtomically } from "../data/atomic-file.js";
import { embedFaces, type EmbedResult } from "../encoders/index.js";
import { textTable, interruptSignal, print, progressBar, say } from "./terminal.js";

export interface EmbedCommandOptions {
  readonly faces: string;
  /** `all`, `packed`, or ids between commas. */
  readonly encoders: string;
  readonly data?: string;
  readonly out: string;
}

/** Problems shown on the screen; the report file has all. */
const shownProblems = 20;

/** `facebridge embed`: a face set through networks to embedding files. */
export async function embedCommand({ faces, encoders: wanted, data, out }: EmbedCommandOptions): Promise<void> {
  const dataFolder = resolveDataFolder(data);
  const faceSet = await loadFaceSetManifest(faces);
  const chosen = await chooseNetworks(wanted);
  for (const network of [chosen.detector, ...chosen.encoders]) await checkWeights(network, dataFolder);
  const detector = await withHashes(chosen.detector, dataFolder);
  const encoders = await Promise.all(chosen.encoders.map((encoder) => withHashes(encoder, dataFolder)));
  const images = await listFaceImages(faceSet, dataFolder);

  const shared = {
    detectorSha256: detector.weights[0].sha256!,
    faceSetManifestSha256: await faceSetManifestSha256(faces),
    packageVersion,
    pipelineVersion,
    coding: "float32",
  };
  const provenance: Record<string, Provenance> = {};
  for (const { id, weights } of encoders) {
    provenance[id] = { encoderSha256: weights[0].sha256!, encoderManifestSha256: await encoderManifestSha256(id), ...shared };
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
    startProgress: (total, done) => progressBar(`embed ${faces}`, "images", total, done),
    signal: interruptSignal(),
  });
  const folder = path.join(out, faces);
  const lines = result.problems.map(({ image, problem, detail }) => [image, problem, detail.replace(/\s+/g, " ")].join("\t"));
  await writeAtomically(path.join(folder, "problems.tsv"), [Buffer.from(["image\tproblem\tdetail", ...lines, ""].join("\n"))]);
  report(result, folder, images.length);
}

async function chooseNetworks(wanted: string): Promise<{ detector: DetectorManifest; encoders: EncoderManifest[] }> {
  const all = await listEncoderManifests();
  const detector = all.find((network) => network.kind === "detector");
  if (!detector) throw new DataError(`embed: no manifest of a face detector among data-manifests/encoders; restore it`);
  const known = all.filter((network) => network.kind !== "detector");
  if (wanted === "all") return { detector, encoders: known.filter(({ format }) => format === "onnx") };
  if (wanted === "packed") return { detector, encoders: known.filter(({ packed }) => packed) };
  const ids = [...new Set(wanted.split(","))];
  const encoders = ids.map((id) => {
    const found = known.find((network) => network.id === id);
    if (!found)
      throw new DataError(`embed: no encoder "${id}"; give all, packed, or some of ${known.map((network) => network.id).join(", ")}`);
    return found;
  });
  return { detector, encoders };
}

function report({ items, problems, written, current }: EmbedResult, folder: string, imageCount: number): void {
  if (problems.length > 0) {
    print(
      textTable(
        ["image", "problem", "detail"],
        problems.slice(0, shownProblems).map(({ image, problem, detail }) => [image, problem, detail]),
      ),
    );
    if (problems.length > shownProblems) print(`… and ${problems.length - shownProblems} more: ${path.join(folder, "problems.tsv")}`);
  }
  print(`${items.length} of ${imageCount} images embedded, ${problems.length} remarks, in ${folder}`);
  if (current.length > 0) say(`there already: ${current.join(", ")}`);
  if (written.length > 0) say(`written: ${written.join(", ")}`);
}
