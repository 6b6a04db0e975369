import { mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { type FaceSetManifest, imageFolderOf, listFaceImages, loadFaceSetManifest } from "../../lib/data/index.js";
import { realDataFolder } from "../real-data.js";
import { temporaryFolder } from "../temporary-folder.js";

const manifest: FaceSetManifest = {
  id: "mine",
  title: "Mine",
  folder: "mine",
  images: "images",
  layout: "identity",
  selection: { minImages: 2, maxImages: 3 },
  counts: { identities: 2, images: 5 },
  licence: "none",
  access: "Ask me.",
  citation: "none",
  studySets: [],
  protocols: [],
};

async function dataFolderWith(...files: string[]): Promise<string> {
  const folder = await temporaryFolder();
  for (const file of files) {
    const full = path.join(folder, "faces/mine/images", file);
    await mkdir(path.dirname(full), { recursive: true });
    await writeFile(full, "");
  }
  return folder;
}

const listImages = async (set: FaceSetManifest, dataFolder: string): Promise<string[]> =>
  (await listFaceImages(set, dataFolder)).map(({ image }) => image);

test("takes people with enough images, of each the first by name, sorted by code units", async () => {
  const folder = await dataFolderWith(
    "b/2.jpg",
    "b/1.jpg",
    "b/10.JPG",
    "b/3.png",
    "a-b/2.jpg",
    "a-b/1.jpg",
    "a/1.jpg",
    "a/2.jpg",
    "once/1.jpg",
    "é/1.jpg",
    "é/2.jpg",
    "Z/1.jpg",
    "Z/2.jpg",
  );
  expect(await listImages(manifest, folder)).toEqual([
    "Z/1.jpg",
    "Z/2.jpg",
    "a-b/1.jpg",
    "a-b/2.jpg",
    "a/1.jpg",
    "a/2.jpg",
    "b/1.jpg",
    "b/10.JPG",
    "b/2.jpg",
    "é/1.jpg",
    "é/2.jpg",
  ]);
});

test("leaves out what is no image by its name, hidden files, and files beside the people", async () => {
  const folder = await dataFolderWith(
    "a/1.jpg",
    "a/2.webp",
    "a/notes.txt",
    "a/._1.jpg",
    ".hidden/1.jpg",
    ".hidden/2.jpg",
    "list.jpg",
    "a/deep.jpg/3.jpg",
  );
  expect(await listImages(manifest, folder)).toEqual(["a/1.jpg", "a/2.webp"]);
});

test("reads poses from the folders", async () => {
  const folder = await dataFolderWith("001/profile/1.jpg", "001/frontal/1.jpg");
  expect(await listFaceImages({ ...manifest, layout: "identity/pose" }, folder)).toEqual([
    { image: "001/frontal/1.jpg", identity: "001", pose: "frontal" },
    { image: "001/profile/1.jpg", identity: "001", pose: "profile" },
  ]);
});

describe("refuses", () => {
  test("a pose that it does not know", async () => {
    const folder = await dataFolderWith("001/front/1.jpg");
    await expect(listFaceImages({ ...manifest, layout: "identity/pose" }, folder)).rejects.toThrow(
      "mine has the folder 001/front; the poses are frontal and profile, so move it away",
    );
  });

  test("a missing folder, and says what to do", async () => {
    await expect(listFaceImages(manifest, await temporaryFolder())).rejects.toThrow(
      /^listFaceImages: no folder .*images, which face set mine needs. Ask me. Or name another data folder.$/,
    );
  });

  test("a folder where nobody has enough images", async () => {
    await expect(listFaceImages(manifest, await dataFolderWith("a/1.jpg"))).rejects.toThrow(
      /has no images laid out as identity\/file with at least 2 a person. Ask me.$/,
    );
  });

  test("paths that lead out of the data folder", () => {
    expect(() => imageFolderOf({ ...manifest, folder: ".." }, "/data")).toThrow(
      'face set mine: field folder is ".."; it must be a relative path without "..", so that it stays inside its folder',
    );
    expect(() => imageFolderOf({ ...manifest, images: "/etc" }, "/data")).toThrow(
      'face set mine: field images is "/etc"; it must be a relative',
    );
    expect(() => imageFolderOf({ ...manifest, images: "" }, "/data")).toThrow('field images is ""');
  });

  test.each(["person", "image"])("a link to a %s outside", async (kind) => {
    const folder = await dataFolderWith("a/1.jpg", "a/2.jpg");
    const outside = await temporaryFolder();
    await writeFile(path.join(outside, "1.jpg"), "");
    const images = path.join(folder, "faces/mine/images");
    if (kind === "person") await symlink(outside, path.join(images, "b"));
    else await symlink(path.join(outside, "1.jpg"), path.join(images, "a/3.jpg"));
    await expect(listFaceImages(manifest, folder)).rejects.toThrow(/is a link that leads out of .*; put the files themselves there$/);
  });
});

test("follows links that stay inside, and a linked set as a whole; skips dead links", async () => {
  const folder = await dataFolderWith("a/1.jpg", "a/2.jpg");
  const images = path.join(folder, "faces/mine/images");
  await symlink("1.jpg", path.join(images, "a/3.jpg"));
  await symlink("nowhere.jpg", path.join(images, "a/0.jpg"));
  const other = await temporaryFolder();
  await mkdir(path.join(other, "faces"));
  await symlink(path.join(folder, "faces/mine"), path.join(other, "faces/mine"));
  expect(await listImages(manifest, other)).toEqual(["a/1.jpg", "a/2.jpg", "a/3.jpg"]);
});

const realData = realDataFolder();

test.skipIf(!realData).each([
  ["lfw", 901, 4862],
  ["cfp", 500, 7000],
])("real %s: %i people, %i images, as its manifest says", async (id, identities, images) => {
  const set = await loadFaceSetManifest(id);
  const found = await listFaceImages(set, realData!);
  expect([new Set(found.map(({ identity }) => identity)).size, found.length]).toEqual([identities, images]);
  expect(set.counts).toEqual({ identities, images });
});
