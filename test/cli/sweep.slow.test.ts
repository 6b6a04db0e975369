import { spawn, spawnSync } from "node:child_process";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { expect, test } from "vitest";
import { createRandom } from "../../lib/core/random.js";
import { runNotebook } from "../../lib/kernel/index.js";
import { readNotebook, type Cell } from "../../lib/notebook/nbformat.js";
import { parseResultRows } from "../../lib/study/index.js";
import { temporaryFolder } from "../temporary-folder.js";
import { bytesUnder, commandOf, copyProjectWithStudy, runNode } from "./project-copy.js";

const sweep = ["run", "small", "--grid", "seed=0..1"];
const resultsOf = (project: string): string => path.join(project, "runs", "small");

/** Start a command and end it by SIGKILL after some time. @returns its exit code; null when it was killed */
function runFor(project: string, args: readonly string[], ms: number): Promise<number | null> {
  const child = spawn(process.execPath, [commandOf(project), ...args], { stdio: "ignore" });
  const timer = setTimeout(() => child.kill("SIGKILL"), ms);
  return new Promise((resolve) => {
    child.on("exit", (code) => {
      clearTimeout(timer);
      resolve(code);
    });
  });
}

test("a sweep that is killed at 20 random moments ends with the bytes of one that is left alone", async () => {
  const [calm, killed] = [await copyProjectWithStudy(), await copyProjectWithStudy()];
  const begin = performance.now();
  expect(runNode([commandOf(calm), ...sweep], process.env).code).toBe(0);
  const whole = performance.now() - begin;
  const expected = await bytesUnder(resultsOf(calm));
  expect(Object.keys(expected)).toHaveLength(10); // two runs of notebook, rows, provenance and a figure in two forms

  const random = createRandom(0);
  let kills = 0;
  while (kills < 20) {
    // Each goes on where the one before was: half of the time reaches every part.
    if ((await runFor(killed, sweep, (random.uniform() * whole) / 2)) === null) {
      kills++;
      continue;
    }
    expect(await bytesUnder(resultsOf(killed))).toEqual(expected);
    await rm(path.join(killed, "runs"), { recursive: true }); // it was done: a new sweep is killed
  }
  expect(runNode([commandOf(killed), ...sweep], process.env).code).toBe(0);
  expect(await bytesUnder(resultsOf(killed))).toEqual(expected);
}, 1_800_000);

test("eight processes at once on one cache and one folder end well, with the bytes of one alone that has no cache", async () => {
  const [shared, alone] = [await copyProjectWithStudy(), await copyProjectWithStudy()];
  const ends = await Promise.all(Array.from({ length: 8 }, () => runFor(shared, ["run", "small"], 600_000)));
  expect(ends).toEqual(new Array(8).fill(0));
  expect(runNode([commandOf(alone), "run", "small", "--no-cache"], process.env).code).toBe(0);
  expect(await bytesUnder(resultsOf(shared))).toEqual(await bytesUnder(resultsOf(alone)));
  expect(Object.keys(await bytesUnder(path.join(alone, "runs"))).filter((name) => name.startsWith("cache"))).toEqual([]);
});

test("edited in a shell, in a file and in the notebook, an ablation gives the same rows; unchanged, it is there within three seconds", async () => {
  const project = await copyProjectWithStudy();
  const edited = { seed: 3, fraction: 0.5, encoders: ["face_mobileface_v2", "face_esp_mbf"] };
  await writeFile(
    path.join(project, "mine.yaml"),
    "seed: 3\nfraction: 0.5 # half of the people\nencoders: [face_mobileface_v2, face_esp_mbf]\n",
  );
  const flags = Object.entries(edited).flatMap(([name, value]) => ["--set", `${name}=${String(value)}`]);
  const folders = [flags, ["--params", path.join(project, "mine.yaml")]].map((args) => {
    const { code, stdout, stderr } = runNode([commandOf(project), "run", "small", ...args], process.env);
    expect(code, stderr).toBe(0);
    return path.resolve(stdout.trim());
  });
  expect(folders[1]).toBe(folders[0]);

  const notebook = await readNotebook(path.join(project, "notebooks", "small.ipynb"));
  const cells = notebook.cells.map((cell, i): Cell => {
    if (i > 0) return cell;
    const source = cell.source
      .replace("seed = 0", "seed = 3")
      .replace("0.2", "0.5")
      .replace(/\[.*\]/, JSON.stringify(edited.encoders));
    return { ...cell, source: source.replace("runs/small", "runs/by-hand") };
  });
  expect((await runNotebook({ ...notebook, cells }, { root: project })).failure).toBeNull();
  const [shell, hand] = await Promise.all(
    [folders[0], path.join(project, "runs", "by-hand")].map((folder) => readFile(path.join(folder, "small.json"), "utf8")),
  );
  expect(hand).toBe(shell);
  expect(new Set(parseResultRows(hand, "small.json").map(({ source, seed }) => `${source} ${seed}`))).toEqual(
    new Set(["face_mobileface_v2 3"]),
  );

  const again = spawnSync("bash", ["-c", `TIMEFORMAT="%U %S"; time "$@"`, "bash", process.execPath, commandOf(project), "run", "small", ...flags], { encoding: "utf8" }); // prettier-ignore
  const [user, system] = again.stderr.trim().split("\n").at(-1)!.split(" ").map(Number);
  expect(again.stderr).toContain("nothing has changed since this run:");
  expect(user + system).toBeLessThan(3);
});

test("a run that failed is listed as stopped, with the parameters in which it differs, until it is cleaned away", async () => {
  const project = await copyProjectWithStudy();
  const command = (...args: string[]): ReturnType<typeof runNode> => runNode([commandOf(project), ...args], process.env);
  expect(command("run", "small").code).toBe(0);
  const failed = command("run", "small", "--set", 'encoders=["nobody","face_esp_mbf"]');
  expect(failed.code).toBe(1);
  expect(failed.stderr).toMatch(/^small: cell 4 of 5 failed in /m);
  expect(failed.stderr).toMatch(/^DataError: In \[4\] of small.ipynb failed with DataError: readEmbeddingSet: .*nobody/m);
  const listed = command("runs", "list").stdout;
  expect(listed).toMatch(/^small\/[0-9a-f]{16} +stopped +encoders=\["nobody","face_esp_mbf"\]$/m);
  expect(listed).toMatch(/^small\/[0-9a-f]{16} +whole +encoders=\["face_/m);
  expect(command("runs", "clean").stdout).toMatch(/^removed small\/[0-9a-f]{16}\n$/);
  expect(command("runs", "list").stdout).not.toContain("stopped");
});

const mounts = spawnSync("unshare", ["-Urm", "true"]).status === 0;
if (!mounts) process.stderr.write("SKIPPED: a run on a full disk; this system lets no user mount a small one\n");

test.skipIf(!mounts).each([8, 24])("a disk of %i KiB ends a run in one message, without a torn file", async (kibibytes) => {
  const project = await copyProjectWithStudy();
  await mkdir(path.join(project, "runs"));
  const kept = path.join(await temporaryFolder(), "kept");
  const script = `mount -t tmpfs -o size=${kibibytes}k tmpfs runs && { "$@" run small; code=$?; cp -r runs ${kept}; exit $code; }`;
  const { status, stderr } = spawnSync("unshare", ["-Urm", "bash", "-c", script, "bash", process.execPath, commandOf(project)], { cwd: project, encoding: "utf8" }); // prettier-ignore
  expect(status, stderr).toBe(1);
  expect(stderr.match(/^\w*Error: .*/gm), stderr).toEqual([expect.stringMatching(/ENOSPC.*make room/)]);
  expect(stderr).not.toMatch(/^\s+at /m);
  const files = Object.entries(await bytesUnder(kept)).map(([name, base64]) => [name, Buffer.from(base64, "base64").toString()]);
  expect(files.filter(([name]) => /\.tmp$|provenance/.test(name))).toEqual([]);
  for (const [name, text] of files)
    if (/\.(json|ipynb)$/.test(name)) JSON.parse(name.startsWith("cache") ? text.slice(text.indexOf("\n")) : text);
  await cp(kept, path.join(project, "runs"), { recursive: true });
  expect(runNode([commandOf(project), "run", "small"], process.env).code).toBe(0); // with room it goes on
});
