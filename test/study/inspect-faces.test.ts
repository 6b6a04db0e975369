import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { matrix32 } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";
import {
  addFaceSet,
  checkFaceSetId,
  type EmbeddingSet,
  listFaceImages,
  loadFaceSetManifest,
  localFolder,
  readOwnOverlap,
  writeOverlap,
} from "../../lib/data/index.js";
import { decodeImage, listPhotographs, type ScannedFace } from "../../lib/encoders/index.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { inspectFaces, openStudy, overlapByEmbedding, overlapByName } from "../../lib/study/index.js";
import { ownLocalFolder } from "../own-local-folder.js";

let folder: string;

beforeEach(async () => {
  folder = await ownLocalFolder();
});

async function put(name: string, content: string | Uint8Array = name): Promise<string> {
  const file = path.join(folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, content);
  return file;
}

describe("listPhotographs", () => {
  test("takes a folder for each identity, and passes over what is no picture by its name", async () => {
    for (const name of ["in/Bo/2.JPG", "in/Ann/1.heic", "in/Ann/2.gif", "in/Ann/notes.txt", "in/loose.jpg", "in/.hidden/1.jpg"])
      await put(name);
    expect((await listPhotographs(path.join(folder, "in"))).map(({ image, identity }) => [image, identity])).toEqual([
      ["Ann/1.heic", "Ann"],
      ["Ann/2.gif", "Ann"],
      ["Bo/2.JPG", "Bo"],
    ]);
  });

  test("takes a CSV with paths below it", async () => {
    await put("in/a/1.jpg");
    const csv = await put("in/list.csv", "identity,image\nAnn,a/1.jpg\n");
    expect(await listPhotographs(csv)).toEqual([{ file: path.join(folder, "in/a/1.jpg"), image: "Ann/a_1.jpg", identity: "Ann" }]);
  });

  test("refuses what is not there, leads out, or is there twice", async () => {
    await put("in/a/1.jpg");
    await put("outside.jpg");
    await symlink(path.join(folder, "outside.jpg"), path.join(folder, "in/a/link.jpg"));
    const refuse = async (lines: string, message: string): Promise<void> => {
      await expect(listPhotographs(await put("in/list.csv", `identity,image\n${lines}\n`))).rejects.toThrow(message);
    };
    await refuse("Ann,../outside.jpg", 'list.csv: image is "../outside.jpg"; it must be a relative path');
    await refuse("../Ann,a/1.jpg", 'list.csv: identity is "../Ann"; it must be a relative path');
    await refuse("Ann/x,a/1.jpg", 'identity is "Ann/x"; it becomes a folder\'s name, so give it no slash');
    await refuse("Ann,a/2.jpg", "a/2.jpg; paths are beside or below the CSV");
    await refuse("Ann,a/link.jpg", "a/link.jpg is a link that leads out of");
    await refuse("Ann,a/1.jpg\nAnn,a/1.jpg", 'has "Ann/a_1.jpg" twice; give each photograph a name of its own');
    await expect(listPhotographs(await put("in/list.csv", "image\na/1.jpg\n"))).rejects.toThrow("needs the columns image and identity");
    await expect(listPhotographs(path.join(folder, "in"))).rejects.toThrow("a/link.jpg is a link that leads out of");
    await expect(listPhotographs(path.join(folder, "no"))).rejects.toThrow("no folder or CSV");
    await mkdir(path.join(folder, "empty"));
    await expect(listPhotographs(path.join(folder, "empty"))).rejects.toThrow(
      "has no photographs laid out as <identity>/<file>; arrange them so, or give a CSV",
    );
  });
});

test("a picture in HEIC is named as such", async () => {
  const heic = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from("ftypheic"), Buffer.alloc(40)]);
  await expect(decodeImage(heic)).rejects.toThrow("decodeImage: it is HEIC, whose HEVC coding is not read here; convert it to JPEG");
});

test("odd photographs are told: copies by bytes and by looks, no face, unreadable, people of one", async () => {
  const random = createRandom(5);
  const face = (): Float32Array => {
    const values = Float32Array.from({ length: 196 }, () => random.normal());
    const norm = Math.hypot(...values);
    return values.map((v) => v / norm);
  };
  const one = face();
  const like = one.map((v, i) => v + (i % 2 === 0 ? 0.003 : -0.003));
  const scan = (image: string, sha256: string, thumbnail: Float32Array | null, unreadable: string | null = null): ScannedFace => {
    return { file: image, image, identity: image.split("/")[0], sha256, unreadable, thumbnail, row: null };
  };
  const scanned = [
    scan("A/1", "x", one),
    scan("A/2", "y", face()),
    scan("B/1", "x", one),
    scan("B/2", "z", like),
    scan("C/1", "u", face()),
    scan("C/2", "v", null),
    scan("C/3", "w", null, "no picture"),
  ];
  expect(await inspectFaces(scanned, { engine: await chooseEngine() })).toEqual([
    { image: "B/1", problem: "exact duplicate", detail: "the same bytes as A/1, of another identity" },
    { image: "C/2", problem: "no face found", detail: "embed will leave it out" },
    { image: "C/3", problem: "unreadable", detail: "left out: no picture" },
    {
      image: "B/2",
      problem: "near duplicate",
      detail: expect.stringMatching(/^A\/1, of another identity looks the same \(correlation \d\.\d{3}\)$/) as string,
    },
    { image: "C", problem: "one image", detail: "C/1: in no split, since it has no mate" },
  ]);
});

describe("people of other sets", () => {
  test("are found by names that differ in case, accents and signs, and not by numbers", () => {
    const known = [{ faceSet: "lfw", identities: ["Ann_Bo", "José_Núñez", "001", "José_Núñez"] }];
    expect(overlapByName(["ann bo", "Jose Nunez", "001", "Eve"], known)).toEqual([
      { identity: "ann bo", otherSet: "lfw", otherIdentity: "Ann_Bo", by: "name" },
      { identity: "Jose Nunez", otherSet: "lfw", otherIdentity: "José_Núñez", by: "name" },
    ]);
  });

  test("are found by their embeddings, above what strangers reach (seed 6)", async () => {
    const random = createRandom(6);
    const people = Array.from({ length: 60 }, () => Float32Array.from({ length: 64 }, () => random.normal()));
    const seen = (person: number): Float32Array => people[person].map((v) => v + 0.5 * random.normal());
    const setOf = (faceSet: string, members: readonly number[]): EmbeddingSet => {
      const rows = members.flatMap((person) => [seen(person), seen(person)]);
      const items = members.flatMap((person) => [1, 2].map((k) => ({ image: `${person}/${k}`, identity: `${faceSet}${person}`, pose: null, sha256: null, detectionScore: null }))); // prettier-ignore
      const embeddings = matrix32(rows.length, 64, Float32Array.from(rows.flatMap((row) => [...row])));
      return { encoder: "e", faceSet, items, embeddings, provenance: {} as EmbeddingSet["provenance"] };
    };
    const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
    const known = [setOf("lfw", range(0, 30)), setOf("cfp", range(25, 50))];
    const samePeople = range(25, 30).map((person) => ({ lfw: `lfw${person}`, cfp: `cfp${person}` }));
    const rows = [3, 26, 55].map((person) => ({ identity: `own${person}`, row: seen(person) }));
    const engine = await chooseEngine();
    expect(await overlapByEmbedding(rows, known, { samePeople, engine })).toEqual([
      { identity: "own3", otherSet: "lfw", otherIdentity: "lfw3", by: "embedding" },
      { identity: "own26", otherSet: "lfw", otherIdentity: "lfw26", by: "embedding" },
      { identity: "own26", otherSet: "cfp", otherIdentity: "cfp26", by: "embedding" },
    ]);
    expect(await overlapByEmbedding(rows, [known[0]], { samePeople: [], engine })).toHaveLength(2);
  });

  test("never are on both sides of a study: their table is read with the project's", async () => {
    const before = (await openStudy()).overlap.length;
    await writeOverlap("friends", [{ identity: "Ann", otherSet: "lfw", otherIdentity: "Ann_Bo", by: "name" }]);
    const { overlap } = await openStudy();
    expect([overlap.length, overlap.at(-1)]).toEqual([before + 1, { friends: "Ann", lfw: "Ann_Bo" }]);
    await put("local/face-sets/friends.overlap.tsv", "identity\n");
    await expect(readOwnOverlap()).rejects.toThrow('the first line is "identity"; it must be the tab-separated columns identity, otherSet');
    await put("local/face-sets/friends.overlap.tsv", "identity\totherSet\totherIdentity\tby\nAnn\tlfw\n");
    await expect(readOwnOverlap()).rejects.toThrow("needs an identity, another set and an identity there; correct it");
  });
});

test("a face set is not replaced by a name that leads out, nor under embeddings that were made elsewhere", async () => {
  await put("kept.json", "{}");
  await mkdir(path.join(folder, "face-sets"), { recursive: true });
  await expect(checkFaceSetId("../kept", true)).rejects.toThrow('"../kept" is no id; give letters');
  await put("face-sets/friends.json", "{}");
  await expect(checkFaceSetId("friends", true)).resolves.toBeUndefined();
  const added = path.join(localFolder(), "added-embeddings", "theirs", "friends");
  await mkdir(added, { recursive: true });
  await writeFile(path.join(added, "theirs.safetensors"), "");
  await expect(checkFaceSetId("friends", true)).rejects.toThrow(
    `addFaceSet: embeddings of "friends" were added, in ${added}; give another: --as <id>, or take them away`,
  );
});

test("a face set is copied whole, listed by its manifest, and replaced only where that is asked for", async () => {
  const files = [await put("in/Ann/1.jpg"), await put("in/Bo/1.jpg")];
  const photographs = files.map((file) => ({ file, image: path.relative(path.join(folder, "in"), file), identity: path.basename(path.dirname(file)) })); // prettier-ignore
  const options = { licence: "mine", overlap: [], replace: false };
  const made = await addFaceSet("friends", photographs, options);
  expect([made, made.counts]).toEqual([await loadFaceSetManifest("friends"), { identities: 2, images: 2 }]);
  expect((await listFaceImages(made, "/no/data/folder")).map(({ image }) => image)).toEqual(["Ann/1.jpg", "Bo/1.jpg"]);
  await expect(addFaceSet("friends", photographs, options)).rejects.toThrow(
    '"friends" is there already (face-sets); give another: --as <id>, or put this in its place: --replace',
  );
  await expect(addFaceSet("lfw", photographs, { ...options, replace: true })).rejects.toThrow('"lfw" is there already (face-sets)');
  await expect(addFaceSet("none", [], options)).rejects.toThrow("no photograph is left for none; see what was said about each");
  const gone = [...photographs, { file: path.join(folder, "no.jpg"), image: "Cy/1.jpg", identity: "Cy" }];
  await expect(addFaceSet("friends", gone, { ...options, replace: true })).rejects.toThrow(
    /no\.jpg cannot be copied .*; see that it can be read/,
  );
  expect((await readdir(path.join(localFolder(), "faces"))).sort()).toEqual(["friends"]);

  for (const faceSet of ["friends", "others"]) await put(`local/embeddings/${faceSet}/mine.safetensors`);
  await addFaceSet("friends", photographs.slice(0, 1), { ...options, replace: true });
  expect((await loadFaceSetManifest("friends")).counts).toEqual({ identities: 1, images: 1 });
  expect(await readdir(path.join(localFolder(), "embeddings"))).toEqual(["others"]);
});
