import { DataError } from "../core/errors.js";
import type { DetectorManifest, EncoderManifest, InputManifest } from "./encoder-manifest.js";
import { checkInside } from "./locate.js";
import { listManifestIds, type ManifestOptions, manifestSha256, readManifest } from "./manifest-file.js";

/** The manifest of a network, the detector included. @throws DataError when there is none of that id, or it is not valid. */
export async function loadEncoderManifest(id: string, options: ManifestOptions = {}): Promise<EncoderManifest | DetectorManifest> {
  const manifest = await readManifest<EncoderManifest | DetectorManifest>("encoders", id, options);
  const file = `encoders/${id}.json`;
  manifest.weights.forEach(({ path }, i) => {
    checkInside(path, `${file}: field weights.${i}.path`);
  });
  checkChannels(manifest.input, file);
  return manifest;
}

/** The manifests of all networks, sorted by id. @throws DataError when one is not valid. */
export async function listEncoderManifests(options: ManifestOptions = {}): Promise<(EncoderManifest | DetectorManifest)[]> {
  const ids = await listManifestIds("encoders", options);
  return Promise.all(ids.map((id) => loadEncoderManifest(id, options)));
}

/** SHA-256 of a network's manifest file, hex. @throws DataError when there is none of that id. */
export function encoderManifestSha256(id: string, options: ManifestOptions = {}): Promise<string> {
  return manifestSha256("encoders", id, options);
}

function checkChannels({ channels, mean, scale }: InputManifest, file: string): void {
  for (const [name, value] of Object.entries({ mean, scale })) {
    if (channels === "GRAY" && typeof value !== "number") {
      throw new DataError(`${file}: field input.${name} has three numbers and input.channels is "GRAY"; give one number`);
    }
  }
}
