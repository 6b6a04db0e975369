import { stat } from "node:fs/promises";
import path from "node:path";
import { DataError } from "../core/errors.js";
import { writeAtomically } from "./atomic-file.js";
import type { EncoderManifest } from "./encoder-manifest.js";
import type { FaceSetManifest } from "./face-set-manifest.js";
import { isId } from "./id.js";
import { localFolder, manifestFolder } from "./locate.js";
import { listManifestIds, type ManifestKind } from "./manifest-file.js";
import { checkSchema } from "./manifest-schema.js";

/** Write the manifest of what the user adds, checked by its schema. @returns the file. @throws DataError when a field is wrong. */
export async function writeLocalManifest(kind: ManifestKind, manifest: EncoderManifest | FaceSetManifest): Promise<string> {
  const file = ownFile(kind, manifest.id);
  const schema = path
    .relative(path.dirname(file), path.join(manifestFolder, `${kind}.schema.json`))
    .split(path.sep)
    .join("/");
  const value: Record<string, unknown> = { $schema: schema, ...manifest };
  delete value.root;
  await checkSchema(value, kind, `${kind}/${manifest.id}.json`);
  await writeAtomically(file, [Buffer.from(`${JSON.stringify(value, null, 2)}\n`)]);
  return file;
}

/** @throws DataError when an id could be anything but the name of a file. */
export function checkId(id: string): void {
  if (isId(id)) return;
  throw new DataError(`"${id}" is no id; give letters, digits, ".", "_" and "-", with a letter or digit first: --as <id>`);
}

/**
 * @param adding what is being added, where --replace puts it in the place of the user's own.
 * @throws DataError when an id is no id, or is taken already by a network or a face set.
 */
export async function checkFreeId(id: string, adding?: ManifestKind): Promise<void> {
  checkId(id);
  for (const kind of ["encoders", "face-sets"] as const) {
    if (!(await listManifestIds(kind, {})).includes(id)) continue;
    const remedy = kind === adding ? ", or put this in its place: --replace" : `, or take ${ownFile(kind, id)} away`;
    throw new DataError(`"${id}" is there already (${kind}); give another: --as <id>${(await isOwn(kind, id)) ? remedy : ""}`);
  }
}

/** Whether the user has added a manifest of that id. */
export async function isOwn(kind: ManifestKind, id: string): Promise<boolean> {
  return (await stat(ownFile(kind, id)).catch(() => null)) !== null;
}

function ownFile(kind: ManifestKind, id: string): string {
  return path.join(localFolder(), kind, `${id}.json`);
}

/** The manifest of a set whose people have one folder each, studied as a whole under its own id. */
export function ownFaceSet(
  id: string,
  { identities, images, licence, access }: FaceSetManifest["counts"] & Pick<FaceSetManifest, "licence" | "access">,
): FaceSetManifest {
  return {
    id,
    title: id,
    folder: id,
    images: "images",
    layout: "identity",
    selection: { minImages: 1, maxImages: null },
    counts: { identities, images },
    licence,
    access,
    citation: "not published",
    studySets: [{ id, trainPoses: null, galleryPose: null, probePose: null }],
    protocols: [],
  };
}
