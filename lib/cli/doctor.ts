import process from "node:process";
import { DataError } from "../core/errors.js";
import { packageVersion } from "../core/version.js";
import {
  type DetectorManifest,
  type EncoderManifest,
  type FaceSetManifest,
  listDownloads,
  listEncoderManifests,
  listFaceImages,
  listFaceSetManifests,
  weightsStatus,
  type WeightsStatus,
} from "../data/index.js";
import { describeEngines, type EngineReport, findCuda, usualEngine } from "../linalg/index.js";
import { loadTfjs } from "../linalg/load-tfjs.js";
import { findPython, pythonAdvice } from "./python-environment.js";
import { textTable } from "./terminal.js";

export interface DoctorOptions {
  /** Holds `encoders/` and `faces/`; null where none was named. */
  readonly dataFolder: string | null;
  /** Takes text without a line end. */
  readonly write: (text: string) => void;
  /** @defaultValue the engines of linalg */
  readonly engines?: () => Promise<readonly EngineReport[]>;
}

type Network = EncoderManifest | DetectorManifest;

interface Section {
  readonly text: string;
  /** What to do, a sentence a point. */
  readonly advice: readonly string[];
}

/** Say which engines, networks and face sets are there, and what to do about the rest. */
export async function doctor({ dataFolder, write, engines = describeEngines }: DoctorOptions): Promise<void> {
  write(`facebridge ${packageVersion}, Node ${process.versions.node}, ${process.platform} ${process.arch}`);
  const reports = await engines();
  const sections = [
    describeEngineReports(reports),
    await describeSurroundings(reports),
    await describeNetworks(dataFolder),
    await describeFaceSets(dataFolder),
  ];
  for (const { text } of sections) write(`\n${text}`);
  const advice = sections.flatMap((section) => section.advice);
  if (dataFolder === null) {
    advice.unshift("Name the data folder, which holds encoders/ and faces/: --data <folder>, or set FACEBRIDGE_DATA.");
  }
  write(advice.length === 0 ? "\nAll is there." : `\nTo do\n${advice.map((point) => `- ${point}`).join("\n")}`);
}

function describeEngineReports(reports: readonly EngineReport[]): Section {
  const rows = reports.map(({ name, present, detail }) => [name, present ? "yes" : "no", detail]);
  const advice = reports.some(({ present }) => present) ? [] : ["No engine runs here: install the dependencies again (npm install)."];
  return { text: `Engines\n${textTable(["name", "present", "detail"], rows)}`, advice };
}

async function describeSurroundings(engines: readonly EngineReport[]): Promise<Section> {
  const { backend, reason } = await loadTfjs();
  const cuda = await findCuda();
  const usual = usualEngine();
  const algebra = engines.find(({ name }) => name === usual);
  const python = findPython();
  const rows = [
    [
      "algebra",
      algebra?.present === true ? usual : "none",
      process.env.FACEBRIDGE_ENGINE ? "named by FACEBRIDGE_ENGINE" : "the default; FACEBRIDGE_ENGINE names another that is present",
    ],
    ["ONNX networks", "cpu", cuda.present ? `the default; --provider cuda works: ${cuda.detail}` : `no CUDA provider: ${cuda.detail}`],
    ["TensorFlow.js networks", backend, reason],
    [
      "JupyterLab, benches",
      python === null ? "none" : `Python ${python.version}`,
      python === null ? "no Python 3.10 or newer was found" : `as ${python.name}`,
    ],
  ];
  const advice = python === null ? [`For JupyterLab and the benches ${pythonAdvice}; all else does without.`] : [];
  return { text: `Would be used\n${textTable(["for", "what", "why"], rows)}`, advice };
}

async function describeNetworks(dataFolder: string | null): Promise<Section> {
  const networks = await listEncoderManifests();
  const published = new Set((await listDownloads()).filter(({ files }) => files.length > 0).map(({ id }) => id));
  const statuses = await Promise.all(networks.map(async (network) => (dataFolder === null ? null : weightsStatus(network, dataFolder))));
  const rows = networks.map((network, i) => {
    const [dimension, packed] = network.kind === "detector" ? ["", ""] : [network.dimension, network.packed ? "yes" : "no"];
    return [network.id, network.kind, dimension, packed, statuses[i] ?? "not looked for"];
  });
  const advice = networks.flatMap((network, i) =>
    adviseWeights(network, statuses[i], { dataFolder, isPublished: published.has(network.id) }),
  );
  return { text: `Networks\n${textTable(["id", "kind", "dimension", "in the pack", "weights"], rows)}`, advice };
}

function adviseWeights(
  { id, weights, form, source, licence }: Network,
  status: WeightsStatus | null,
  { dataFolder, isPublished }: { readonly dataFolder: string | null; readonly isPublished: boolean },
): string[] {
  const files = weights.map(({ path }) => `${dataFolder ?? ""}/encoders/${path}`).join(" and ");
  switch (status) {
    case null:
    case "verified":
    case "as first fetched":
      return [];
    case "unverified":
      return [`${id}: its manifest has no hash to hold ${files} against; be sure that you trust where it came from.`];
    case "missing":
      if (isPublished) {
        const accept = licence.permissive ? "" : " --accept-licence";
        return [`${id}: run: facebridge data get ${id}${accept} --data ${dataFolder ?? ""} (licence: ${licence.name}).`];
      }
      return [`${id}: put ${files} there (${form}; from ${source.repository}, ${source.path}; licence: ${licence.name}).`];
    case "wrong size":
    case "wrong hash":
      return [`${id}: ${files} is not what its manifest says (${status}); get it again from ${source.repository}, ${source.path}.`];
  }
}

async function describeFaceSets(dataFolder: string | null): Promise<Section> {
  const rows: string[][] = [];
  const advice: string[] = [];
  for (const faceSet of await listFaceSetManifests()) {
    const { id, counts, access } = faceSet;
    const found = dataFolder === null ? null : await countImages(faceSet, dataFolder);
    const status = found === null ? "not looked for" : compareCounts(found, counts);
    rows.push([id, `${found?.identities ?? "?"} of ${counts.identities}`, `${found?.images ?? "?"} of ${counts.images}`, status]);
    if (found?.problem) advice.push(`${id}: ${found.problem}`);
    else if (status === "partial") advice.push(`${id}: whatever needs only what is there works. For the rest: ${access}`);
    else if (status === "other") advice.push(`${id}: it has more than was published: see that no other images are among them.`);
  }
  return { text: `Face sets\n${textTable(["id", "people", "images", "status"], rows)}`, advice };
}

interface Counts {
  readonly identities: number;
  readonly images: number;
}

function compareCounts(found: Counts, published: Counts): "none" | "partial" | "complete" | "other" {
  if (found.images === 0) return "none";
  if (found.images > published.images || found.identities > published.identities) return "other";
  return found.images === published.images && found.identities === published.identities ? "complete" : "partial";
}

async function countImages(faceSet: FaceSetManifest, dataFolder: string): Promise<Counts & { readonly problem: string | null }> {
  try {
    const images = await listFaceImages(faceSet, dataFolder);
    return { identities: new Set(images.map(({ identity }) => identity)).size, images: images.length, problem: null };
  } catch (error) {
    if (error instanceof DataError) return { identities: 0, images: 0, problem: error.message };
    throw error;
  }
}
