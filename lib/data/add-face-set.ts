import { constants } from "node:fs";
import { copyFile, mkdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { DataError } from "../core/errors.js";
import { forgetFaceSet, listEmbeddingSets } from "./embedding-folders.js";
import type { FaceSetManifest } from "./face-set-manifest.js";
import { checkFreeId, checkId, isOwn, ownFaceSet, writeLocalManifest } from "./local-manifest.js";
import { checkInside, localFolder } from "./locate.js";
import { type OverlapRow, writeOverlap } from "./overlap-file.js";

export interface AddFaceSetOptions {
  readonly licence: string;
  /** Who of its people is in other sets. */
  readonly overlap: readonly OverlapRow[];
  /** Put it in the place of the user's own set of that id; what was embedded of that one goes with it. */
  readonly replace: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Copy photographs into the user's folder as a face set with one folder for each identity, whole or not at all, and write its manifest.
 *
 * @param photographs where each lies, and what it is called in the set, `<identity>/<file>`.
 * @throws DataError when there is none, the id is taken, or a file cannot be copied.
 */
export async function addFaceSet(
  id: string,
  photographs: readonly { readonly file: string; readonly image: string; readonly identity: string }[],
  { licence, overlap, replace, signal }: AddFaceSetOptions,
): Promise<FaceSetManifest> {
  await checkFaceSetId(id, replace);
  if (photographs.length === 0) throw new DataError(`addFaceSet: no photograph is left for ${id}; see what was said about each`);
  const faces = path.join(localFolder(), "faces");
  const staging = path.join(faces, `.${id}.add`);
  await rm(staging, { recursive: true, force: true });
  try {
    for (const { file, image } of photographs) {
      signal?.throwIfAborted();
      checkInside(image, "addFaceSet: image");
      const to = path.join(staging, "images", image);
      await mkdir(path.dirname(to), { recursive: true });
      await copyFile(file, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL).catch((error: unknown) => {
        throw new DataError(
          `addFaceSet: ${file} cannot be copied (${(error as Error).message}); see that it can be read and the disk has room`,
        );
      });
    }
    await forgetFaceSet(id);
    await rm(path.join(faces, id), { recursive: true, force: true });
    await rename(staging, path.join(faces, id));
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  const identities = new Set(photographs.map(({ identity }) => identity)).size;
  const access = "The user's own photographs (facebridge faces add).";
  const manifest = ownFaceSet(id, { identities, images: photographs.length, licence, access });
  await writeLocalManifest("face-sets", manifest);
  await writeOverlap(id, overlap);
  return { ...manifest, root: localFolder() };
}

/**
 * @throws DataError when an id is no id, or is taken: by the user's own face set where that is not to be replaced, or where embeddings that were
 * made elsewhere go with it.
 */
export async function checkFaceSetId(id: string, replace: boolean): Promise<void> {
  checkId(id);
  if (!(replace && (await isOwn("face-sets", id)))) await checkFreeId(id, "face-sets");
  const added = (await listEmbeddingSets()).filter(({ faceSet, from }) => faceSet === id && from === "added");
  if (added.length === 0) return;
  const folders = added.map(({ folder }) => path.join(folder, id)).join(", ");
  throw new DataError(`addFaceSet: embeddings of "${id}" were added, in ${folders}; give another: --as <id>, or take them away`);
}
