import { createHash } from "node:crypto";
import { matrix32 } from "../../lib/core/matrix.js";
import { createRandom, type Random } from "../../lib/core/random.js";
import type { EmbeddingSet, Item } from "../../lib/data/embedding-set.js";
import type { FaceSetManifest, StudySetManifest } from "../../lib/data/face-set-manifest.js";

const latentCount = 10;

/** People × images of one face set, in the latent space that every network sees in its own coordinates. */
export interface SyntheticFaces {
  readonly faceSet: string;
  readonly items: readonly Item[];
  /** Images × latentCount. */
  readonly latents: Float64Array;
}

export function syntheticFaces(faceSet: string, people: number, images: number, seed: number): SyntheticFaces {
  const random = createRandom(seed);
  const items: Item[] = [];
  const latents = new Float64Array(people * images * latentCount);
  for (let person = 0; person < people; person++) {
    const identity = `${faceSet}_${String(person).padStart(3, "0")}`;
    const centre = Float64Array.from({ length: latentCount }, () => random.normal());
    for (let image = 0; image < images; image++) {
      const row = items.length;
      items.push({
        image: `${identity}/${image}.jpg`,
        identity,
        pose: null,
        sha256: createHash("sha256").update(`${identity}/${image}`).digest("hex"),
        detectionScore: 1,
      });
      for (let k = 0; k < latentCount; k++) latents[row * latentCount + k] = centre[k] + 0.2 * random.normal();
    }
  }
  return { faceSet, items, latents };
}

/** A network with coordinates of its own: latents through a random matrix that its name seeds, an offset, and a little noise. */
export function syntheticEmbeddings(encoder: string, dimension: number, { faceSet, items, latents }: SyntheticFaces): EmbeddingSet {
  const own = createRandom(Buffer.from(encoder).reduce((sum, byte) => 31 * sum + byte, 7) % 1_000_003);
  const draw = (count: number, random: Random): Float64Array => Float64Array.from({ length: count }, () => random.normal());
  const weights = draw(latentCount * dimension, own);
  const offset = draw(dimension, own);
  const noise = createRandom(dimension + items.length);
  const embeddings = matrix32(items.length, dimension);
  for (let i = 0; i < items.length; i++) {
    for (let j = 0; j < dimension; j++) {
      let value = offset[j] + 0.3 * noise.normal();
      for (let k = 0; k < latentCount; k++) value += latents[i * latentCount + k] * weights[k * dimension + j];
      embeddings.data[i * dimension + j] = value;
    }
  }
  const provenance = {
    encoderSha256: "",
    encoderManifestSha256: "",
    detectorSha256: "",
    faceSetManifestSha256: "",
    packageVersion: "0.0.0",
    pipelineVersion: "1",
    coding: "float32",
  };
  return { encoder, faceSet, items, embeddings, provenance };
}

/** The manifest of a face set whose only study set has its name and takes every image. */
export function syntheticManifest(id: string): FaceSetManifest {
  const studySets: StudySetManifest[] = [{ id, trainPoses: null, galleryPose: null, probePose: null }];
  return {
    id,
    title: id,
    folder: id,
    images: "images",
    layout: "identity",
    selection: { minImages: 2, maxImages: null },
    counts: { identities: 0, images: 0 },
    licence: "none",
    access: "made up",
    citation: "none",
    studySets,
    protocols: [],
  };
}
