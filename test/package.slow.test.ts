import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packageVersion } from "../lib/core/version.js";
import { packFolder, projectFolder } from "../lib/data/locate.js";

const published = path.join(projectFolder, "package", "facebridge");
const tarball = path.join(projectFolder, "package", `facebridge-${packageVersion}.tgz`);
/** An empty project that has installed the tarball, and nothing else of this repository. */
const project = mkdtempSync(path.join(tmpdir(), "facebridge-package-"));

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, unknown>>;
  readonly exports: Readonly<Record<string, string>>;
}
const readManifest = (folder: string): Manifest => JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as Manifest;

const environment = { ...process.env, ONNXRUNTIME_NODE_INSTALL: "skip", FACEBRIDGE_STUDY_CACHE: "off" };
delete (environment as NodeJS.ProcessEnv).FACEBRIDGE_LOCAL;
const run = (command: string, args: readonly string[], cwd = project): string =>
  execFileSync(command, args, { cwd, env: environment, encoding: "utf8" });

/** Oldest and newest of the compilers that are supported; what the declarations need of Node is what this project has. */
const compilers = { "5.0": "5.0.4", current: "7.0.2" };
const nodeTypes = readManifest(path.join(projectFolder, "node_modules", "@types", "node")) as unknown as { readonly version: string };

beforeAll(() => {
  run(process.execPath, [path.join(projectFolder, ".ci", "package.mjs")]);
  writeFileSync(path.join(project, "package.json"), '{ "type": "module", "private": true }\n');
  const aliases = Object.entries(compilers).map(([name, version]) => `typescript-${name}@npm:typescript@${version}`);
  run("npm", [
    "install",
    "--loglevel",
    "error",
    "--no-audit",
    "--no-fund",
    "--prefer-offline",
    tarball,
    `@types/node@${nodeTypes.version}`,
    ...aliases,
  ]);
  mkdirSync(path.join(project, "local"));
}, 120_000);
afterAll(() => {
  rmSync(project, { recursive: true, force: true });
}, 60_000);

describe("what is published", () => {
  test("is the compiled library, its declarations and its manifests, and small", () => {
    const files = readdirSync(published, { recursive: true, encoding: "utf8" }).filter((file) =>
      statSync(path.join(published, file)).isFile(),
    );
    const wanted = /^(README\.md|CHANGELOG\.md|LICENSE|package\.json|data-manifests\/.*\.(json|tsv)|dist\/[a-z]+\/[a-z0-9-]+\.(js|d\.ts)|dist\/index\.(js|d\.ts))$/; // prettier-ignore
    expect(files.filter((file) => !wanted.test(file))).toEqual([]);
    expect(run("tar", ["tzf", tarball]).trim().split("\n").sort()).toEqual(files.map((file) => `package/${file}`).sort());
    const bytes = files.reduce((sum, file) => sum + statSync(path.join(published, file)).size, 0);
    expect(bytes).toBeLessThan(2_000_000);
    expect(statSync(tarball).size).toBeLessThan(750_000);
  });

  test("has a manifest of its own: nothing of a working copy, and what only notebooks need as optional peers", () => {
    const manifest = readManifest(published);
    for (const field of ["scripts", "devDependencies", "overrides", "allowScripts", "private"]) expect(manifest).not.toHaveProperty(field);
    expect(JSON.stringify(manifest)).not.toContain('"file:');
    expect(Object.keys(manifest.peerDependencies).sort()).toEqual(["@tensorflow/tfjs-node-gpu", "danfojs-node", "nodeplotlib", "tslab"]);
    expect(Object.keys(manifest.peerDependenciesMeta).sort()).toEqual(Object.keys(manifest.peerDependencies).sort());
    const { dependencies, optionalDependencies } = readManifest(projectFolder);
    expect({ ...dependencies, ...optionalDependencies }).toMatchObject(manifest.dependencies);
  });

  test("passes publint and, for ES modules, Are the types wrong", () => {
    const bin = path.join(projectFolder, "node_modules", ".bin");
    expect(run(path.join(bin, "publint"), ["run", "--strict", tarball])).toContain("All good!");
    expect(() => run(path.join(bin, "attw"), [tarball, "--profile", "esm-only", "--no-definitely-typed", "--quiet"])).not.toThrow();
  });
});

describe("in an empty project", () => {
  /** The README's first program, and what its last lines say that it prints. */
  const [, program] = /```ts\n([^]*?)```/.exec(readFileSync(path.join(projectFolder, "README.md"), "utf8"))!;
  const printed = [...program.matchAll(/^\/\/ (.*)$/gm)].map(([, line]) => line);
  const imports = Object.keys(readManifest(projectFolder).exports).filter((name) => !name.endsWith(".json"));

  test.each([
    ["5.0", "nodenext", "nodenext", "all declarations"],
    ["5.0", "esnext", "bundler", "what is used of them"], // the other takes ten seconds
    ["current", "nodenext", "nodenext", "all declarations"],
    ["current", "esnext", "bundler", "all declarations"],
  ])("TypeScript %s compiles against it for %s and %s, and checks %s", (compiler, module, resolution, checked) => {
    writeFileSync(path.join(project, "readme.ts"), program);
    writeFileSync(path.join(project, "all.ts"), imports.map((name) => `import "facebridge${name.slice(1)}";\n`).join(""));
    const tsc = path.join(project, "node_modules", `typescript-${compiler}`, "bin", "tsc");
    const flags = "--strict --target es2022 --types node --outDir out --skipLibCheck".split(" ");
    const kind = [String(checked !== "all declarations"), "--module", module, "--moduleResolution", resolution];
    const { status, stdout } = spawnSync(process.execPath, [tsc, ...flags, ...kind, "readme.ts", "all.ts"], {
      cwd: project,
      encoding: "utf8",
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
  });

  const node = (code: string): string => run(process.execPath, ["--input-type=module", "--eval", code]);
  /** What the code says that it rejects or throws with. */
  const failure = (call: string): string => node(`import { tableOf } from "facebridge/notebook"; import { runNotebook } from "facebridge/kernel";
    try { await ${call}; } catch ({ name, message }) { console.log(name + ": " + message); }`); // prettier-ignore

  const absent = (name: string): string =>
    `${name} is not installed; run: npm install ${name}@${readManifest(published).peerDependencies[name]}`;

  test("every layer is imported", () => {
    expect(node(`${imports.map((name) => `await import("facebridge${name.slice(1)}");`).join("")} console.log("done")`)).toBe("done\n");
  });

  test("what needs an absent package, or a working copy, says so", () => {
    expect(failure("tableOf([{ a: 1 }])")).toBe(`DataError: tableOf: the package ${absent("danfojs-node")}\n`); // prettier-ignore
    expect(failure("runNotebook({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [] })")).toBe(`DataError: runNotebook: the package ${absent("tslab")}\n`); // prettier-ignore
    const command = path.join(project, "node_modules", ".bin", "facebridge");
    const errorOf = (...args: string[]): string => spawnSync(command, args, { cwd: project, env: environment, encoding: "utf8" }).stderr;
    const pair = ["--source", "face_esp_mbf", "--target", "face_openvino_0095"];
    expect(errorOf("view", "clouds", ...pair)).toBe(`DataError: view: the package ${absent("nodeplotlib")}\n`); // prettier-ignore
    expect(errorOf("lab")).toContain("is the library alone; notebooks, kernel and lab are in the repository");
    expect(errorOf("align", ...pair)).toContain("the pack is not in the published package; copy the repository's data/ to the former");
  });

  test("the README's program runs and prints what it says, with the pack where the library looks", () => {
    symlinkSync(packFolder, path.join(project, "local", "embeddings"));
    expect(run(process.execPath, ["out/readme.js"]).split("\n").slice(0, -1)).toEqual(printed);
  });
});
