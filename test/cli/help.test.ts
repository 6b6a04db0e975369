import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import { program } from "../../lib/cli/program.js";
import { calledBy, commands } from "./called-by.js";
import { facebridge } from "./small-data.js";

/** All that `--help` prints. */
function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  return text;
}

describe("--help", () => {
  test.each(commands)("of $name ends with an example of it, which is understood", async ({ name, command }) => {
    const [, example] = /\nExample: (facebridge .*)\n$/.exec(helpOf(command)) ?? [];
    expect(example).toMatch(new RegExp(`^${name}( |$)`));
    expect(await calledBy(example.split(" ").slice(1))).toMatch(new RegExp(`^${name}( |$)`));
  });

  test("says what an exit code means", () => {
    expect(helpOf(program)).toMatch(/Exit codes: 0 done; 1 not done, .*; 2 the command line was not understood; 130 interrupted\./);
  });
});

test("an example that is not understood would be found", async () => {
  await expect(calledBy(["runs", "compare", "one"])).rejects.toThrow("error: missing required argument 'other'");
});

describe("the shell", () => {
  const help = /^Usage: facebridge /m;
  test.each<[string, string, { code: number; stdout: RegExp; stderr: RegExp }]>([
    ["the version, as a result", "--version", { code: 0, stdout: /^\d+\.\d+\.\d+\n$/, stderr: /^$/ }],
    ["help that was asked for, as a result", "align --help", { code: 0, stdout: help, stderr: /^$/ }],
    ["help that was not asked for, as a message", "data", { code: 2, stdout: /^$/, stderr: help }],
    ["a missing option, with the help", "align", { code: 2, stdout: /^$/, stderr: /^error: required option '--source <encoder>' not/ }],
    ["a value out of range", "lab --port 0", { code: 2, stdout: /^$/, stderr: /Give a whole number from 1 to 65535/ }],
    ["a mistake, in one line", "runs compare no one", { code: 1, stdout: /^$/, stderr: /^DataError: runs: no run is called no; .*\n$/ }],
    [
      "a notebook that is not there",
      "study 99-no",
      { code: 1, stdout: /^$/, stderr: /^DataError: study: there is no notebook 99-no; .*; there are: 00-/ },
    ],
    ["a list, as a result", "embeddings list", { code: 0, stdout: /face_esp_mbf/, stderr: /^$/ }],
  ])("gets %s (facebridge %s), and no colour", async (_, line, { code, stdout, stderr }) => {
    const finished = await facebridge(line.split(" "), { environment: { FORCE_COLOR: "1" } });
    expect(finished).toEqual({ code, stdout: expect.stringMatching(stdout) as string, stderr: expect.stringMatching(stderr) as string });
    expect(finished.stdout + finished.stderr).not.toContain("\u001b");
  });
});

describe("--json", () => {
  const readJson = async (line: string, environment: Record<string, string> = {}): Promise<Record<string, unknown>[]> => {
    const { code, stdout, stderr } = await facebridge(line.split(" "), { environment });
    expect([code, stderr]).toEqual([0, ""]);
    return JSON.parse(stdout) as Record<string, unknown>[];
  };

  test("of embeddings list has what the table has", async () => {
    const packed = { faceSet: "lfw", encoder: "face_esp_mbf", from: "pack", folder: expect.stringMatching(/data$/) as string };
    expect(await readJson("embeddings list --json")).toContainEqual(packed);
  });

  test("of data list has the licence and the address of each file", async () => {
    const found = (await readJson("data list --json", { FACEBRIDGE_DATA: "" })).find(({ id }) => id === "vis_sam_vit_b");
    expect(found).toMatchObject({ kind: "network", licence: { name: "Apache-2.0" }, here: "not looked for", files: [{ sha256: null }] });
    expect(JSON.stringify(found?.files)).toContain('"url":"https://huggingface.co/');
  });

  test("of align prints the rows alone", async () => {
    const rows = await readJson("align --source face_mobileface_v2 --target face_mobileface_v3 --maps procrustes --json");
    expect(rows).toContainEqual(expect.objectContaining({ map: "procrustes", metric: "rank1", frame: "centred", seed: 0 }));
  });
});
