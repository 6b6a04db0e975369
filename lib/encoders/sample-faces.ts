import { readFile } from "node:fs/promises";
import path from "node:path";
import { DataError } from "../core/errors.js";
import type { DetectorManifest } from "../data/encoder-manifest.js";
import { type FaceImage, imageFolderOf, listFaceImages } from "../data/face-set.js";
import type { FaceSetManifest } from "../data/face-set-manifest.js";
import { cropFace, type CropName } from "./crop.js";
import { loadDetector } from "./detector.js";
import { decodeImage, type Image } from "./image.js";

/** Faces of some people, in every crop that networks take. */
export interface SampledFaces {
  readonly identities: readonly string[];
  readonly crops: Readonly<Record<CropName, readonly Image[]>>;
}

export interface SampleFacesOptions {
  readonly dataFolder: string;
  readonly detector: DetectorManifest;
  /** @defaultValue 30 */
  readonly people?: number;
  /** @defaultValue 4 */
  readonly imagesPerPerson?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The faces of people who lie evenly in a face set's order of names, of those with as many images as are wanted, or, where they are too few, with the most.
 * Images without a face, and those that cannot be read, are passed over.
 *
 * @throws DataError when the set's images are not there, or no two people have two faces each.
 */
export async function sampleFaces(
  faceSet: FaceSetManifest,
  { dataFolder, detector: manifest, people = 30, imagesPerPerson = 4, signal }: SampleFacesOptions,
): Promise<SampledFaces> {
  const images = chooseImages(await listFaceImages(faceSet, dataFolder), people, imagesPerPerson);
  const folder = imageFolderOf(faceSet, dataFolder);
  const detector = await loadDetector(manifest, { dataFolder, threads: 1 });
  const found: { readonly identity: string; readonly crops: Readonly<Record<CropName, Image>> }[] = [];
  try {
    for (const { image, identity } of images) {
      signal?.throwIfAborted();
      const picture = await decodeImage(await readFile(path.join(folder, image))).catch(() => null);
      const face = picture && (await detector.detect(picture));
      if (!face) continue;
      const crop = (name: CropName): Image => cropFace(picture, face.landmarks, name);
      found.push({ identity, crops: { "arcface-112": crop("arcface-112"), "context-224": crop("context-224") } });
    }
  } finally {
    await detector.close();
  }
  const counts = new Map<string, number>();
  for (const { identity } of found) counts.set(identity, (counts.get(identity) ?? 0) + 1);
  if ([...counts.values()].filter((count) => count > 1).length < 2) {
    throw new DataError(`sampleFaces: ${faceSet.id} has no two people with two faces each; name a larger set`);
  }
  const cropsOf = (name: CropName): Image[] => found.map(({ crops }) => crops[name]);
  return {
    identities: found.map(({ identity }) => identity),
    crops: { "arcface-112": cropsOf("arcface-112"), "context-224": cropsOf("context-224") },
  };
}

function chooseImages(images: readonly FaceImage[], people: number, imagesPerPerson: number): FaceImage[] {
  const byPerson = new Map<string, FaceImage[]>();
  for (const image of images) byPerson.set(image.identity, [...(byPerson.get(image.identity) ?? []), image]);
  let least = imagesPerPerson;
  const withImages = (): FaceImage[][] => [...byPerson.values()].filter(({ length }) => length >= least);
  while (least > 2 && withImages().length < people) least--;
  const all = withImages();
  const count = Math.min(people, all.length);
  const chosen = Array.from({ length: count }, (_, k) => all[Math.floor((k * all.length) / count)]);
  return chosen.flatMap((own) => own.slice(0, imagesPerPerson));
}
