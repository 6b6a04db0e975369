import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { DataError } from "../core/errors.js";
import type { FaceSetManifest } from "./face-set-manifest.js";
import { joinInside, staysInside } from "./locate.js";

/** One image of a face set. */
export interface FaceImage {
  /** Path under the set's image folder, with forward slashes. */
  readonly image: string;
  readonly identity: string;
  readonly pose: "frontal" | "profile" | null;
}

/** By the ending; what cannot be read after all is told by whoever opens it. */
const imageName = /\.(jpe?g|png|webp|tiff?|avif|gif|hei[cf])$/i;

/** Folder of a face set's images. @throws DataError when the manifest's paths lead out of the data folder. */
export function imageFolderOf({ id, root, folder, images }: FaceSetManifest, dataFolder: string): string {
  const setFolder = joinInside(path.join(root ?? dataFolder, "faces"), folder, `face set ${id}: field folder`);
  return joinInside(setFolder, images, `face set ${id}: field images`);
}

/**
 * The images that a face set takes, sorted by path (code units, not locale): of people with at least `minImages`, the first `maxImages`.
 *
 * Files that are no images by their name, and names that start with a dot, are left out. No file is opened.
 *
 * @throws DataError when the folder is missing or holds no such image, when a link leads out of it, or when a pose is not known.
 */
export async function listFaceImages(manifest: FaceSetManifest, dataFolder: string): Promise<FaceImage[]> {
  const folder = imageFolderOf(manifest, dataFolder);
  const { id, layout, selection, access } = manifest;
  if (!(await stat(folder).catch(() => null))?.isDirectory()) {
    throw new DataError(`listFaceImages: no folder ${folder}, which face set ${id} needs. ${access} Or name another data folder.`);
  }
  const taken: FaceImage[] = [];
  for (const images of await listPeople(folder, layout, id)) {
    if (images.length >= selection.minImages) taken.push(...images.slice(0, selection.maxImages ?? images.length));
  }
  if (taken.length === 0) {
    throw new DataError(
      `listFaceImages: ${folder} has no images laid out as ${layout}/file with at least ${selection.minImages} a person. ${access}`,
    );
  }
  return taken.sort(byPath);
}

/** The images of each identity's folder, sorted by path. @throws DataError as `listFaceImages`. */
export async function listPeople(folder: string, layout: FaceSetManifest["layout"], id: string): Promise<FaceImage[][]> {
  const people: FaceImage[][] = [];
  for (const identity of await listEntries(folder, "", "folder")) {
    const images = layout === "identity" ? await listFiles(folder, identity, identity, null) : await listPoses(folder, identity, id);
    people.push(images.sort(byPath));
  }
  return people;
}

async function listPoses(folder: string, identity: string, setId: string): Promise<FaceImage[]> {
  const images: FaceImage[] = [];
  for (const pose of await listEntries(folder, identity, "folder")) {
    if (pose !== "frontal" && pose !== "profile") {
      throw new DataError(
        `listFaceImages: ${setId} has the folder ${identity}/${pose}; the poses are frontal and profile, so move it away`,
      );
    }
    images.push(...(await listFiles(folder, `${identity}/${pose}`, identity, pose)));
  }
  return images;
}

async function listFiles(folder: string, inside: string, identity: string, pose: FaceImage["pose"]): Promise<FaceImage[]> {
  const files = await listEntries(folder, inside, "file");
  return files.filter((file) => imageName.test(file)).map((file) => ({ image: `${inside}/${file}`, identity, pose }));
}

/** Names of the files or of the folders, links followed. */
async function listEntries(folder: string, inside: string, kind: "file" | "folder"): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await readdir(path.join(folder, inside), { withFileTypes: true })) {
    if (!entry.name.startsWith(".") && (await isOf(kind, entry, folder, inside))) names.push(entry.name);
  }
  return names;
}

async function isOf(kind: "file" | "folder", entry: Dirent, folder: string, inside: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return kind === "file" ? entry.isFile() : entry.isDirectory();
  const file = path.join(folder, inside, entry.name);
  const target = await stat(file).catch(() => null);
  if (!target) return false;
  if (!(await staysInside(folder, file))) {
    throw new DataError(`listFaceImages: ${file} is a link that leads out of ${folder}; put the files themselves there`);
  }
  return kind === "file" ? target.isFile() : target.isDirectory();
}

function byPath(one: FaceImage, other: FaceImage): number {
  return one.image < other.image ? -1 : 1;
}
