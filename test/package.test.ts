import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import path from "node:path";
import { expect, test } from "vitest";
import { optionalPackages } from "../lib/core/optional-package.js";
import { projectFolder } from "../lib/data/locate.js";

const manifest = JSON.parse(readFileSync(path.join(projectFolder, "package.json"), "utf8")) as {
  readonly exports: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
};
const lib = path.join(projectFolder, "lib");
const layers = readdirSync(lib, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));

/** The packages that a layer's files name where they import or resolve. */
function packagesOf(layer: string): string[] {
  const files = readdirSync(path.join(lib, layer)).filter((file) => file.endsWith(".ts"));
  const named = files.flatMap((file) => [
    ...readFileSync(path.join(lib, layer, file), "utf8").matchAll(
      /(?:\bfrom |import\(|[rR]equire\w*\(|resolve\()"((?:@[^/"]+\/)?[a-z][^/"]*)/g,
    ),
  ]);
  return [...new Set(named.map(([, name]) => name))].filter((name) => !name.startsWith("node:") && !builtinModules.includes(name));
}

test("every layer but that of the commands is an entry of the package", () => {
  const entries = layers.filter((layer) => layer !== "cli").map((layer) => [`./${layer}`, `./dist/${layer}/index.js`]);
  const { ".": root, "./package.json": own, ...rest } = manifest.exports;
  expect([root, own]).toEqual(["./dist/index.js", "./package.json"]);
  expect(rest).toEqual(Object.fromEntries(entries));
});

test("below the notebook no layer names a package that the published manifest makes optional", () => {
  const library = layers.filter((layer) => !["notebook", "kernel", "cli"].includes(layer));
  const packages = library.flatMap(packagesOf);
  expect(packages).toEqual(expect.arrayContaining(["onnxruntime-node", "pure-rand", "sharp"]));
  expect(packages.filter((name) => (optionalPackages as readonly string[]).includes(name))).toEqual([]);
  expect(packagesOf("notebook")).toContain("danfojs-node"); // so that the search is seen to find
  expect(packagesOf("kernel")).toContain("tslab");
});
