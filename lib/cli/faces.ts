import path from "node:path";
import {
  addFaceSet,
  checkFaceSetId,
  checkWeights,
  type EmbeddingSet,
  type EncoderManifest,
  listEmbeddingSets,
  listEncoderManifests,
  localFolder,
  type OverlapRow,
  readEmbeddingSet,
  resolveDataFolder,
  searchEmbeddings,
  weightsStatus,
} from "../data/index.js";
import { readProjectOverlap } from "../data/overlap-file.js";
import { writeProblems } from "../data/problem-file.js";
import { listPhotographs, scanFaces, type ScannedFace } from "../encoders/index.js";
import { chooseEngine, type Engine } from "../linalg/index.js";
import { inspectFaces, overlapByEmbedding, overlapByName } from "../study/index.js";
import { chooseDetector } from "./choose-detector.js";
import { idFromPath } from "./id-from-path.js";
import { countProblems, printProblems } from "./problems.js";
import { interruptSignal, print, progressBar, say } from "./terminal.js";

export interface AddFacesCommandOptions {
  readonly as?: string;
  readonly licence?: string;
  readonly detector?: string;
  readonly replace?: boolean;
  readonly data?: string;
}

const knownSets = ["lfw", "cfp"];

/** `facebridge faces add`: photographs to a face set, with what is odd about them. */
export async function addFacesCommand(
  source: string,
  { as: wanted, licence = "the user's own", detector: detectorId, replace = false, data }: AddFacesCommandOptions,
): Promise<void> {
  const signal = interruptSignal();
  const id = wanted ?? idFromPath(source);
  await checkFaceSetId(id, replace);
  const entries = await listPhotographs(source);
  const dataFolder = resolveDataFolder(data);
  const detector = await chooseDetector(detectorId, dataFolder);
  await checkWeights(detector, dataFolder);
  const encoder = await packedEncoder(dataFolder);
  const engine = await chooseEngine();
  const progress = progressBar(`scan ${id}`, "photographs", entries.length);
  const scanned = await scanFaces(entries, { dataFolder, detector, encoder, progress, signal });
  const overlap = await findOverlap(scanned, encoder, engine);
  const problems = [
    ...(await inspectFaces(scanned, { engine })),
    ...overlap.map(({ identity, otherSet, otherIdentity, by }) => {
      return { image: identity, problem: "in another set" as const, detail: `${otherIdentity} of ${otherSet}, by ${by}` };
    }),
  ];
  const kept = scanned.filter(({ unreadable }) => unreadable === null);
  const before = (await listEmbeddingSets()).filter(({ faceSet, from }) => faceSet === id && from === "embedded");
  const { counts } = await addFaceSet(id, kept, { licence, overlap, replace, signal });
  if (before.length > 0) say(`deleted what was embedded of the set before it, by ${before.map(({ encoder }) => encoder).join(", ")}`);
  const report = path.join(localFolder(), "faces", id, "problems.tsv");
  await writeProblems(report, problems);
  printProblems(problems, report);
  print(
    `${id}: ${counts.images} of ${entries.length} photographs of ${counts.identities} people, in ${path.join(localFolder(), "faces", id)}`,
  );
  if (problems.length > 0) print(countProblems(problems));
  if (overlap.length > 0) say("people of other sets never are on both sides of a study: whoever is tested leaves the training");
  say(
    `next: npx facebridge embed --faces ${id} --encoders <networks>, or npx facebridge align --source … --target … --fit ${id} --test ${id}`,
  );
}

/** The network of the pack that does best by its notes, of those whose weights are here. */
async function packedEncoder(dataFolder: string): Promise<EncoderManifest | null> {
  const here: EncoderManifest[] = [];
  for (const network of await listEncoderManifests()) {
    if (network.kind !== "face" || !network.packed || (await weightsStatus(network, dataFolder)) !== "verified") continue;
    if ((await findKnownPeople(network.id)) !== null) here.push(network);
  }
  const best = here.sort((one, other) => (other.reported?.auc ?? 0) - (one.reported?.auc ?? 0)).at(0);
  if (best === undefined) say("no network of the pack is here: people are looked for in LFW and CFP by their names alone");
  return best ?? null;
}

/** Where LFW and CFP lie as that network sees them; null unless both are here. */
async function findKnownPeople(network: string): Promise<{ readonly faceSet: string; readonly folder: string }[] | null> {
  const found: { faceSet: string; folder: string }[] = [];
  for (const faceSet of knownSets) {
    const folder = await searchEmbeddings(faceSet, network);
    if (folder === null) return null;
    found.push({ faceSet, folder });
  }
  return found;
}

async function findOverlap(scanned: readonly ScannedFace[], encoder: EncoderManifest | null, engine: Engine): Promise<OverlapRow[]> {
  const network = encoder?.id ?? "face_openvino_0095"; // any has the names
  const sets = await findKnownPeople(network);
  if (sets === null) {
    say("LFW and CFP are not here: nobody is looked for in them");
    return [];
  }
  const known: EmbeddingSet[] = [];
  for (const { faceSet, folder } of sets) known.push(await readEmbeddingSet(folder, faceSet, network, { engine }));
  const names = overlapByName(
    scanned.map(({ identity }) => identity),
    known.map(({ faceSet, items }) => ({ faceSet, identities: items.map(({ identity }) => identity) })),
  );
  const rows = scanned.flatMap(({ identity, row }) => (row === null ? [] : [{ identity, row }]));
  if (rows.length === 0) return names;
  const found = await overlapByEmbedding(rows, known, { samePeople: await readProjectOverlap(), engine });
  const keyOf = ({ identity, otherSet, otherIdentity }: OverlapRow): string => `${identity}\t${otherSet}\t${otherIdentity}`;
  const told = new Set(names.map(keyOf));
  return [...names, ...found.filter((row) => !told.has(keyOf(row)))];
}
