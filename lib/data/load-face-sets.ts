import { DataError } from "../core/errors.js";
import type { FaceSetManifest, StudySetManifest } from "./face-set-manifest.js";
import { checkInside } from "./locate.js";
import { listManifestIds, type ManifestOptions, manifestSha256, readManifest } from "./manifest-file.js";
import { listKnown } from "./nearest.js";

/** A way to study a face set, and the face set. */
export interface StudySet {
  readonly faceSet: FaceSetManifest;
  readonly studySet: StudySetManifest;
}

/** The manifest of a face set. @throws DataError when there is none of that id, or it is not valid. */
export async function loadFaceSetManifest(id: string, options: ManifestOptions = {}): Promise<FaceSetManifest> {
  const manifest = await readManifest<FaceSetManifest>("face-sets", id, options);
  const file = `face-sets/${id}.json`;
  checkInside(manifest.folder, `${file}: field folder`);
  checkInside(manifest.images, `${file}: field images`);
  manifest.protocols.forEach(({ files }, i) => {
    files.forEach((path, j) => {
      checkInside(path, `${file}: field protocols.${i}.files.${j}`);
    });
  });
  const { minImages, maxImages } = manifest.selection;
  if (maxImages !== null && maxImages < minImages) {
    throw new DataError(`${file}: field selection.maxImages is ${maxImages}; it must be at least minImages, ${minImages}, or null`);
  }
  return manifest;
}

/** The manifests of all face sets, sorted by id. @throws DataError when one is not valid. */
export async function listFaceSetManifests(options: ManifestOptions = {}): Promise<FaceSetManifest[]> {
  const ids = await listManifestIds("face-sets", options);
  return Promise.all(ids.map((id) => loadFaceSetManifest(id, options)));
}

/** The study set `id` (`lfw`, `cfp`, `cfp-fp`, …) and its face set. @throws DataError when no face set has it, or two do. */
export function pickStudySet(id: string, faceSets: readonly FaceSetManifest[]): StudySet {
  const all = faceSets.flatMap((faceSet) => faceSet.studySets.map((studySet) => ({ faceSet, studySet })));
  const found = all.filter(({ studySet }) => studySet.id === id);
  if (found.length > 1) {
    const files = found.map(({ faceSet }) => `face-sets/${faceSet.id}.json`).join(" and ");
    throw new DataError(`pickStudySet: "${id}" is in ${files}; give each study set an id of its own`);
  }
  if (found.length === 0) {
    const ids = all.map(({ studySet }) => studySet.id);
    throw new DataError(`pickStudySet: no study set "${id}"${listKnown(id, ids)}`);
  }
  return found[0];
}

/** SHA-256 of a face set's manifest file, hex. @throws DataError when there is none of that id. */
export function faceSetManifestSha256(id: string, options: ManifestOptions = {}): Promise<string> {
  return manifestSha256("face-sets", id, options);
}
