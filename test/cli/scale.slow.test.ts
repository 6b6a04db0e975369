import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { expect, test } from "vitest";
import { projectFolder } from "../../lib/data/locate.js";
import { compareRows, readResultFile } from "../../lib/study/index.js";
import { realDataFolder } from "../real-data.js";
import { temporaryFolder } from "../temporary-folder.js";
import { bytesUnder } from "./project-copy.js";
import { facebridge, smallDataFolder } from "./small-data.js";

const pair = ["--source", "face_esp_mbf", "--target", "face_openvino_0095"];
const maps = "native,least-squares,ridge,procrustes";

async function run(...args: readonly string[]): Promise<void> {
  const { code, stderr } = await facebridge(args);
  expect(code, stderr).toBe(0);
}

/** Environment of Snakemake, from docs/scale/requirements.txt. */
const snakemake = [path.join(projectFolder, ".cache", "workflow", "bin", "snakemake"), "/usr/bin/snakemake"].find(existsSync);
if (snakemake === undefined) {
  process.stderr.write("SKIPPED: the workflow; make it so: python3 -m venv .cache/workflow && .cache/workflow/bin/pip install -r docs/scale/requirements.txt\n"); // prettier-ignore
}

test.skipIf(snakemake === undefined)(
  "the workflow with two jobs and three shards gives the bytes of single commands, and the rows of a study",
  async () => {
    const [folder, single] = [await temporaryFolder(), await temporaryFolder()];
    const command = `${process.execPath} ${path.join(projectFolder, "dist", "cli", "main.js")}`;
    const config = [`facebridge=${command}`, "pairs=face_esp_mbf:face_openvino_0095", "shards=3", `maps=${maps}`];
    const workflow = ["--snakefile", path.join(projectFolder, "docs", "scale", "Snakefile"), "--directory", folder];
    const variables = { ...process.env, HOME: path.join(folder, "home"), XDG_CACHE_HOME: path.join(folder, "home") };
    const { status, stderr } = spawnSync(snakemake!, [...workflow, "--cores", "2", "--config", ...config], {
      encoding: "utf8",
      env: variables,
    });
    expect(status, stderr).toBe(0);

    const [moments, rows] = [path.join(single, "moments.safetensors"), path.join(single, "rows.json")];
    await run("moments", ...pair, "--out", moments);
    await run("align", ...pair, "--maps", maps, "--moments", moments, "--out", rows);
    expect(await readFile(path.join(folder, "moments", "face_esp_mbf", "face_openvino_0095.safetensors"), "base64")).toBe(
      await readFile(moments, "base64"),
    );
    expect(await readFile(path.join(folder, "rows.json"), "utf8")).toBe(await readFile(rows, "utf8"));

    const whole = path.join(single, "whole.json");
    await run("align", ...pair, "--maps", maps, "--out", whole);
    const compared = compareRows(await readResultFile(rows), await readResultFile(whole));
    expect([compared.onlyFirst, compared.onlySecond]).toEqual([0, 0]);
    expect(Math.max(...compared.rows.map(({ difference }) => Math.abs(difference)))).toBeLessThan(1e-9);
  },
);

test.skipIf(realDataFolder() === null)("images embedded in shards give the files of one run", async () => {
  const data = await smallDataFolder();
  const [whole, shared] = [await temporaryFolder(), await temporaryFolder()];
  const embed = (out: string, ...more: readonly string[]): Promise<void> =>
    run("embed", "--faces", "lfw", "--encoders", "face_mobileface_v3", "--data", data, "--out", out, ...more);
  await embed(whole);
  await Promise.all([embed(shared, "--shard", "2/2"), embed(shared, "--shard", "1/2")]);
  await embed(shared);
  const visible = async (folder: string): Promise<unknown> =>
    Object.entries(await bytesUnder(folder)).filter(([name]) => !name.includes(".parts"));
  expect(await visible(shared)).toEqual(await visible(whole));
});

test("files that do not go together are refused", async () => {
  const folder = await temporaryFolder();
  const part = (name: string): string => path.join(folder, `${name}.safetensors`);
  await run("moments", ...pair, "--shard", "1/2", "--out", part("half"));
  await run("moments", ...pair, "--shard", "2/2", "--seed", "1", "--out", part("other"));
  const refusal = async (...args: readonly string[]): Promise<string> => (await facebridge(args)).stderr.trim().replaceAll(folder, "…");
  expect(await refusal("merge", part("half"), part("other"), "--out", part("both"))).toMatch(
    /^DataError: merge: …\/other.safetensors holds moments of .*"seed":1.*, and …\/half.safetensors of .*"seed":0.*; merge those of one pair$/,
  );
  expect(await refusal("merge", part("half"), path.join(folder, "rows.json"), "--out", part("both"))).toMatch(
    /^DataError: merge: got files of several kinds; /,
  );
  expect(await refusal("align", ...pair, "--moments", part("half"))).toMatch(
    /^DataError: addParts: block \d of \d is missing; give the files of all shards once$/,
  );
  expect(await refusal("align", ...pair, "--moments", part("other"))).toBe(
    "DataError: align: …/other.safetensors holds moments of seed 1, and 0 is asked for; sum those with facebridge moments",
  );
  expect(await refusal("moments", ...pair, "--shard", "3/2", "--out", part("x"))).toContain("Give i/n, such as 2/8.");
});
