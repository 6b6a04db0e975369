import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

/** A module imports only from its own folder and from folders before it. */
const layers = ["core", "linalg", "data", "encoders", "align", "metrics", "geometry", "study", "figures", "notebook", "kernel", "cli"];
const lib = new URL("../lib/", import.meta.url).pathname;

function importsOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"(\.{1,2}\/[^"]+)"/g)].map(([, specifier]) =>
    path.relative(lib, path.resolve(path.dirname(file), specifier)),
  );
}

test("every folder of lib is a layer", () => {
  const folders = readdirSync(lib, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name).sort()).toEqual([...layers].sort());
});

test.each(layers)("%s imports only from itself and the layers below", (layer) => {
  const allowed = layers.slice(0, layers.indexOf(layer) + 1);
  const files = readdirSync(path.join(lib, layer), { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const wrong = files.flatMap((file) =>
    importsOf(path.join(lib, layer, file))
      .filter((imported) => !allowed.includes(imported.split(path.sep)[0]))
      .map((imported) => `${layer}/${file} imports ${imported}`),
  );
  expect(wrong).toEqual([]);
});

test("the rule can fail: a crafted import upwards is seen", () => {
  const seen = importsOf(path.join(lib, "cli", "program.ts"));
  expect(seen.some((imported) => imported.startsWith("core"))).toBe(true);
});
