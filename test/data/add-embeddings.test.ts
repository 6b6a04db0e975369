import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { DataError, ShapeError } from "../../lib/core/errors.js";
import { matrix32 } from "../../lib/core/matrix.js";
import {
  addEmbeddings,
  type EmbeddingSet,
  type Item,
  listFaceSetManifests,
  localFolder,
  matchRows,
  pairSets,
  readEmbeddingSet,
  readExternalRows,
  readRowLabels,
  writeSafetensors,
} from "../../lib/data/index.js";
import { formatNpy } from "../../lib/data/npy.js";
import { openStudy } from "../../lib/study/index.js";
import { ownLocalFolder } from "../own-local-folder.js";
import { zip } from "./archives.js";

let folder: string;

beforeEach(async () => {
  folder = await ownLocalFolder();
});

async function put(name: string, content: string | Uint8Array): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, content);
  return file;
}

const npy = formatNpy([2, 3], Float64Array.of(1, 2, 3, 4, 5, 6));
const item = (image: string, identity: string): Item => ({ image, identity, pose: null, sha256: "a".repeat(64), detectionScore: 1 });

describe("readExternalRows", () => {
  test("reads the same rows from .npy, .npz, safetensors and CSV", async () => {
    await writeSafetensors(path.join(folder, "e.safetensors"), { rows: { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) } });
    const files = [
      await put("e.npy", npy),
      await put("e.npz", zip([{ name: "emb.npy", bytes: npy }])),
      path.join(folder, "e.safetensors"),
      await put("e.csv", "a,b,c\r\n1,2,3\r\n4.0,5e0,6\r\n"),
    ];
    for (const file of files) expect(await readExternalRows(file, null), file).toEqual(matrix32(2, 3, Float32Array.of(1, 2, 3, 4, 5, 6)));
  });

  test("takes the array that is named, and asks where there are several", async () => {
    const file = await put("two.npz", zip([{ name: "a.npy", bytes: npy }, { name: "b.npy", bytes: formatNpy([1, 1], Float64Array.of(7)) }])); // prettier-ignore
    expect((await readExternalRows(file, "b")).data).toEqual(Float32Array.of(7));
    await expect(readExternalRows(file, null)).rejects.toThrow("it holds 2 arrays (a, b); say which: --tensor <name>");
    await expect(readExternalRows(file, "weights")).rejects.toThrow('no array "weights"; there are: a, b');
    const tensors = path.join(folder, "two.safetensors");
    await writeSafetensors(tensors, { a: { shape: [1, 1], data: Float32Array.of(1) }, b: { shape: [1, 1], data: Float64Array.of(2) } });
    expect((await readExternalRows(tensors, "b")).data).toEqual(Float32Array.of(2));
    await expect(readExternalRows(tensors, null)).rejects.toThrow("it holds 2 tensors (b, a); say which: --tensor <name>");
    await expect(readExternalRows(tensors, "weights")).rejects.toThrow('no tensor "weights"; there are: b, a');
  });

  test.each<[string, string, string | Uint8Array, string]>([
    ["another ending", "e.pkl", "x", "embeddings come as .npy, .npz, .safetensors, .csv; save them as one of these"],
    ["one axis", "e.npy", formatNpy([2], Float64Array.of(1, 2)), "its shape is (2); embeddings are rows × dimensions"],
    ["no zip", "e.npz", "PK\u0003\u0004", "cannot be read as a .npz file ("],
    ["a word for a number", "e.csv", "1,2\n3,x\n", 'line 2, column 2 is "x"; it must be a number'],
    ["a short line", "e.csv", "1,2\n3\n", "line 2 has 1 columns and the first 2; give every row as many"],
    ["a header alone", "e.csv", "a,b\n", "there is no row of numbers in it; give one line an image"],
    ["a million columns", "e.csv", `${"0,".repeat(1e6)}0\n`, "line 1 has more than 65536 columns; give a table of fewer"],
    ["an endless line", "e.csv", "1".repeat(5e6), "a line is longer than 4194304 characters; give a table of shorter ones"],
    ["an open quotation mark", "e.csv", '1,"2\n', "line 1 has a quotation mark that does not end"],
  ])("refuses %s", async (_, name, content, message) => {
    const file = await put(name, content);
    await expect(readExternalRows(file, null)).rejects.toThrow(DataError);
    await expect(readExternalRows(file, null)).rejects.toThrow(message);
  });

  test("refuses whole numbers, a file that is not there, and an archive that swells", async () => {
    const file = path.join(folder, "e.safetensors");
    await writeSafetensors(file, { rows: { shape: [1, 2], data: Int32Array.of(1, 2) } });
    await expect(readExternalRows(file, null)).rejects.toThrow("its values are a Int32Array; save float32 or float64");
    await expect(readExternalRows(path.join(folder, "no.npy"), null)).rejects.toThrow(
      "no.npy: cannot be read (ENOENT); name a file of at most 2 GiB",
    );
    await expect(readExternalRows(path.join(folder, "no.csv"), null)).rejects.toThrow(
      "no.csv: cannot be read (ENOENT); make it, or name another",
    );
    const swollen = formatNpy([2_200_000, 1], new Float64Array(2_200_000));
    const bomb = await put("bomb.npz", zip([{ name: "a.npy", bytes: swollen }])); // prettier-ignore
    await expect(readExternalRows(bomb, null)).rejects.toThrow(
      /"a.npy" unpacks .* to 16.8 MiB; at most 50 times as much and 2 GiB are read/,
    );
    const many = Array.from({ length: 1001 }, (_, i) => ({ name: `${i}.npy` }));
    await expect(readExternalRows(await put("many.npz", zip(many)), null)).rejects.toThrow("it holds more than 1000 files; save the one array alone"); // prettier-ignore
  });
});

describe("readRowLabels", () => {
  test("reads images and identities in any order, with quoted names and other columns", async () => {
    const file = await put("l.csv", '\uFEFFsex,Identity,image\nf,"Ann, ""A""",1.jpg\n\nm,Bo,2.jpg');
    expect(await readRowLabels(file)).toEqual([
      { image: "1.jpg", identity: 'Ann, "A"' },
      { image: "2.jpg", identity: "Bo" },
    ]);
  });

  test.each([
    ["name\nAnn\n", 'the first line is "name"; it needs the column image or identity, or both'],
    ["image,identity\n1.jpg\n", "line 2 has 1 columns and the header 2; give every line as many"],
    ["identity,x\n,1\n", 'line 2: identity is ""; give every row a name of printable characters'],
    ["identity\nA\tB\n", 'line 2: identity is "A\\tB"; give every row a name of printable characters'],
    ["identity\n", "it names no row; give a header line and a line for each"],
  ])("refuses %j", async (text, message) => {
    await expect(readRowLabels(await put("l.csv", text))).rejects.toThrow(message);
  });
});

describe("matchRows", () => {
  const known = [item("A/1.jpg", "A"), item("A/2.jpg", "A"), item("B/1.jpg", "B"), item("B/3.jpg", "B"), item("C/4.jpg", "C")];

  test("finds the face set's images by path or by its end, and tells what it leaves out", () => {
    const rows = matrix32(7, 2, Float32Array.of(1, 1, NaN, 1, 0, 0, 2, 2, 3, 3, 1, 1, 9, 9));
    const names = ["x/lfw/B/1.jpg", "A/1.jpg", "A/2.jpg", "1.jpg", "B\\3.jpg", "4.jpg", "B/1.jpg"];
    const labels = names.map((image, i) => ({ image, identity: i === 4 ? "A" : null }));
    const { items, embeddings, problems } = matchRows(rows, labels, known);
    expect(items.map(({ image }) => image)).toEqual(["B/1.jpg", "C/4.jpg"]);
    expect([...embeddings.data]).toEqual([1, 1, 1, 1]);
    expect(problems.map(({ image, problem, detail }) => `${image}: ${problem}: ${detail}`)).toEqual([
      "A/1.jpg: not finite: left out",
      "A/2.jpg: zero row: left out: it has no direction",
      "1.jpg: not in the face set: left out",
      "B\\3.jpg: other identity: left out: A, and B in the face set",
      "C/4.jpg: same values: as B/1.jpg",
      "B/1.jpg: named twice: left out: row 0 is of it already",
      "A/1.jpg: no row: of the face set",
      "A/2.jpg: no row: of the face set",
      "B/3.jpg: no row: of the face set",
    ]);
  });

  test("founds a set in the order of names, with names of its own where there are none", () => {
    const rows = matrix32(2, 1, Float32Array.of(1, 2));
    const named = matchRows(rows, [{ image: "b.jpg", identity: "B" }, { image: "a.jpg", identity: "A" }], null); // prettier-ignore
    expect(named.items).toEqual([
      { image: "a.jpg", identity: "A", pose: null, sha256: null, detectionScore: null },
      { image: "b.jpg", identity: "B", pose: null, sha256: null, detectionScore: null },
    ]);
    expect([...named.embeddings.data]).toEqual([2, 1]);
    const nameless = matchRows(rows, [{ image: null, identity: "B" }, { image: null, identity: "B" }], null); // prettier-ignore
    expect(nameless.items.map(({ image }) => image)).toEqual(["B/row-0000000", "B/row-0000001"]);
  });

  test("refuses what cannot be matched", () => {
    const rows = matrix32(1, 1, Float32Array.of(1));
    expect(() => matchRows(rows, [], known)).toThrow(
      new ShapeError("matchRows: got 1 rows of 1 values and 0 labels; label i is of row i, so give as many"),
    );
    expect(() => matchRows(rows, [{ image: null, identity: "A" }], known)).toThrow("rows are matched to its images; add the column image");
    expect(() => matchRows(rows, [{ image: "a.jpg", identity: null }], null)).toThrow(
      "row 0 has no identity, and the face set is not known; add the column identity",
    );
    expect(() => matchRows(rows, [{ image: "../a.jpg", identity: "A" }], null)).toThrow(
      'the image of row 0 is "../a.jpg"; it must be a relative path',
    );
    expect(() => matchRows(rows, [{ image: "z.jpg", identity: null }], known)).toThrow(
      "none of the 1 rows is left (z.jpg: not in the face set, …)",
    );
  });
});

describe("pairSets", () => {
  const setOf = (encoder: string, items: readonly Item[]): EmbeddingSet => {
    const embeddings = matrix32(
      items.length,
      1,
      Float32Array.from(items, (_, i) => i),
    );
    return { encoder, faceSet: "x", items, embeddings, provenance: {} as EmbeddingSet["provenance"] };
  };
  const [a, b, c] = ["a", "b", "c"].map((name) => item(`${name}.jpg`, name));

  test("keeps the images that all have, in the first's order, and leaves equal sets as they are", () => {
    const bare = { ...c, sha256: null, detectionScore: null };
    const [one, two] = pairSets([setOf("one", [a, b, bare]), setOf("two", [c, a])]);
    expect([one, two].map(({ items }) => items)).toEqual([[a, c], [a, c]]); // prettier-ignore
    expect([one, two].map(({ embeddings }) => [...embeddings.data])).toEqual([[0, 2], [1, 0]]); // prettier-ignore
    const same = [setOf("one", [a, b]), setOf("two", [a, b])];
    pairSets(same).forEach((set, i) => { expect(set).toBe(same[i]); }); // prettier-ignore
  });

  test("refuses sets without a common image, and one image of two people or files", () => {
    expect(() => pairSets([setOf("one", [a]), setOf("two", [b])])).toThrow(
      "pairSets: no image of x is in all of one (a.jpg, …) and two (b.jpg, …); embed the same images with each",
    );
    expect(() => pairSets([setOf("one", [a, b]), setOf("two", [{ ...a, identity: "z" }])])).toThrow("a.jpg has the identity z with two and a with one; embed the same files with both"); // prettier-ignore
    expect(() => pairSets([setOf("one", [a, b]), setOf("two", [{ ...a, sha256: "b".repeat(64) }])])).toThrow("a.jpg has the sha256 bbb"); // prettier-ignore
  });
});

describe("addEmbeddings", () => {
  test("founds a face set that studies, lists and other embeddings find, and writes nowhere else", async () => {
    const file = await put("e.npy", formatNpy([3, 2], Float64Array.of(1, 2, 3, 4, 5, 6)));
    const labels = await put("l.csv", "identity,image\nA,A/1.jpg\nA,A/2.jpg\nB,B/1.jpg\n");
    const added = { encoder: "mine", faceSet: "party", labels, tensor: null };
    const { items, isKnown, replaced } = await addEmbeddings(file, added);
    expect([items.length, isKnown, replaced]).toEqual([3, false, false]);
    expect((await addEmbeddings(file, added)).replaced).toBe(true);
    const party = (await listFaceSetManifests()).find(({ id }) => id === "party")!;
    expect([party.root, party.counts]).toEqual([localFolder(), { identities: 2, images: 3 }]);
    const study = await openStudy();
    expect((await study.load("mine", "party")).provenance.pipelineVersion).toMatch(/^added from a file with SHA-256 [0-9a-f]{64}$/);
    const shorter = await put("l2.csv", "identity,image\nA,A/2.jpg\nC,C/1.jpg\nB,B/1.jpg\n");
    await addEmbeddings(file, { encoder: "other", faceSet: "party", labels: shorter, tensor: null });
    const shared = await openStudy({ sharedBy: ["mine", "other"] });
    expect((await shared.load("other", "party")).items.map(({ image }) => image)).toEqual(["A/2.jpg", "B/1.jpg"]);
  });

  test("matches rows to the pack's images", async () => {
    const { items: known } = await readEmbeddingSet(path.join(import.meta.dirname, "../../data"), "lfw", "face_openvino_0095");
    const file = await put("e.npy", formatNpy([2, 2], Float64Array.of(1, 2, 3, 4)));
    const labels = await put("l.csv", `image\n${known[7].image.split("/")[1]}\n${known[3].image}\n`);
    const { items, isKnown, problems, report } = await addEmbeddings(file, { encoder: "mine", faceSet: "lfw", labels, tensor: null });
    expect([isKnown, items]).toEqual([true, [known[3], known[7]]]);
    expect((await readFile(report, "utf8")).split("\n").length).toBe(problems.length + 2);
  });

  test("refuses a name that is taken or is no id", async () => {
    const options = { faceSet: "lfw", labels: "l.csv", tensor: null };
    await expect(addEmbeddings("e.npy", { ...options, encoder: "face_esp_mbf" })).rejects.toThrow(
      '"face_esp_mbf" is there already (encoders); give another: --as <id>',
    );
    await expect(addEmbeddings("e.npy", { ...options, encoder: "../x" })).rejects.toThrow('"../x" is no id; give letters, digits');
    await mkdir(path.join(localFolder(), "encoders"), { recursive: true });
    await writeFile(path.join(localFolder(), "encoders/face_esp_mbf.json"), "{}");
    await expect(addEmbeddings("e.npy", { ...options, encoder: "x" })).rejects.toThrow(
      "face_esp_mbf.json has the id of what comes with facebridge; rename it",
    );
  });
});
