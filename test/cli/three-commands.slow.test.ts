import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { text } from "../../lib/linalg/protobuf.js";
import type { ResultRow } from "../../lib/study/index.js";
import { ownLocalFolder } from "../own-local-folder.js";
import { realDataFolder } from "../real-data.js";
import { facebridge } from "./small-data.js";

const real = realDataFolder();
const peopleCount = 14;

/** Photographs of people under names of their own: three each, in a folder for each. */
async function putPhotographs(to: string): Promise<void> {
  const from = path.join(real!, "faces/lfw/images");
  const names = await Promise.all((await readdir(from)).sort().map(async (name) => ({ name, files: (await readdir(path.join(from, name))).sort() }))); // prettier-ignore
  for (const [i, { name, files }] of names
    .filter(({ files }) => files.length >= 6)
    .slice(0, peopleCount)
    .entries()) {
    // prettier-ignore
    const folder = path.join(to, `Friend ${String.fromCharCode(65 + i)}`);
    await mkdir(folder, { recursive: true });
    for (const file of files.slice(0, 3)) await cp(path.join(from, name, file), path.join(folder, `IMG ${file.slice(-8)}`));
  }
}

/** A face network that no manifest has the hash of: it takes RGB of 0..255. */
async function putUnknownNetwork(file: string): Promise<void> {
  const remark = Uint8Array.from(text(6, "exported by somebody else")); // doc_string of a ModelProto
  await writeFile(file, Buffer.concat([await readFile(path.join(real!, "encoders/face_mobileface_v2.onnx")), remark]));
}

const ok = async (...args: readonly string[]): Promise<{ stdout: string; stderr: string }> => {
  const { code, ...said } = await facebridge(args);
  expect(code, said.stderr).toBe(0);
  return said;
};

test.skipIf(real === null)(
  "photographs and an unknown network become a row by three commands; wrong channels and a wrong scale are named",
  async () => {
    const folder = await ownLocalFolder();
    const [photographs, network, data] = [path.join(folder, "holiday 2024"), path.join(folder, "my net.onnx"), ["--data", real!]];
    await putPhotographs(photographs);
    await putUnknownNetwork(network);
    const align = async (): Promise<ResultRow> => {
      const pair = ["--source", "unknown", "--target", "face_esp_mbf", "--fit", "friends", "--test", "friends"];
      const { stdout } = await ok("align", ...pair, "--maps", "native,procrustes", "--json", ...data);
      const rows = JSON.parse(stdout) as ResultRow[];
      return rows.find(({ map, frame, metric }) => map === "procrustes" && frame === "centred" && metric === "rank1")!;
    };
    const add = async (...given: string[]): Promise<string> => (await ok("encoder", "add", network, "--as", "unknown", "--replace", ...given, ...data)).stdout; // prettier-ignore

    expect((await ok("faces", "add", photographs, "--as", "friends", ...data)).stdout).toContain(
      "friends: 42 of 42 photographs of 14 people",
    );

    const scaled = await add();
    expect(scaled).toMatch(/^WARNING: .* Best is "x in 0\.\.255": mean 0 instead of 127.5, scale 1 instead of 1\/127.5\.$/m);
    const poor = await align();
    const swapped = await add("--channels", "BGR", "--mean", "0", "--scale", "1");
    expect(swapped).toMatch(/^WARNING: the preprocessing looks wrong. Best is "RGB": channels RGB instead of BGR\.$/m);

    const proposed = /^npx facebridge (encoder add '.*my net\.onnx' .*)$/m.exec(swapped)![1];
    const words = [...proposed.matchAll(/'([^']*)'|\S+/g)].map(([word, quoted]) => (quoted as string | undefined) ?? word);
    expect((await ok(...words)).stdout).toMatch(/^No other preprocessing is surely better\.$/m);
    const row = await align();
    expect(row).toMatchObject({ source: "unknown", target: "face_esp_mbf", fitSet: "friends", testSet: "friends", gallery: 5, probes: 10 });
    // Not the rows that the wrong scale gave, which were embedded under the same name.
    expect(row.value).toBeGreaterThan(0.5);
    expect(row.value).toBeGreaterThan(poor.value);
  },
);
