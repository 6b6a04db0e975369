// Writes what is published to package/: the folder package/facebridge, as an installed package is, and the tarball of it.
//
// The manifest is written here, because package.json is that of a working copy: what makes npm ci work there (overrides, the stand-in for
// @tensorflow/tfjs-node, a GPU add-on that may fail to install) does nothing, or harm, where the package is somebody's dependency.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const project = fileURLToPath(new URL("..", import.meta.url));
const out = path.join(project, "package");
const folder = path.join(out, "facebridge");

rmSync(out, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const part of ["README.md", "CHANGELOG.md", "LICENSE", "data-manifests", "package.json"]) {
  cpSync(path.join(project, part), path.join(folder, part), { recursive: true });
}
// Of dist/ what has a source: an older source may have left more behind.
const hasSource = (file) => existsSync(file.replace(dist, path.join(project, "lib")).replace(/(\.d\.ts|\.js)$/, ".ts"));
const dist = path.join(project, "dist");
cpSync(dist, path.join(folder, "dist"), { recursive: true, filter: hasSource });

const { optionalPackages } = await import(pathToFileURL(path.join(folder, "dist", "core", "optional-package.js")).href);
const manifest = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
writeFileSync(path.join(folder, "package.json"), `${JSON.stringify(publishedManifest(manifest), null, 2)}\n`);
execFileSync("npm", ["pack", folder, "--pack-destination", out, "--silent"], { stdio: "inherit" });

/** What of a working copy's manifest holds for whoever installs the package. */
function publishedManifest({ scripts, devDependencies, overrides, allowScripts, private: _, ...manifest }) {
  const all = Object.entries({ ...manifest.dependencies, ...manifest.optionalDependencies });
  const isOptional = ([name]) => optionalPackages.includes(name);
  const isWanted = ([name, version]) => !isOptional([name]) && !version.startsWith("file:");
  return {
    ...manifest,
    dependencies: Object.fromEntries(Object.entries(manifest.dependencies).filter(isWanted)),
    optionalDependencies: Object.fromEntries(Object.entries(manifest.optionalDependencies).filter(isWanted)),
    peerDependencies: Object.fromEntries(all.filter(isOptional)),
    peerDependenciesMeta: Object.fromEntries(optionalPackages.map((name) => [name, { optional: true }])),
  };
}
