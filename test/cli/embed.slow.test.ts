import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rm, truncate, unlink, writeFile } from "node:fs/promises";
import path from "node:path";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { createRandom } from "../../lib/core/random.js";
import { type EmbeddingSet, listEncoderManifests, projectFolder, readEmbeddingSet } from "../../lib/data/index.js";
import { realDataFolder } from "../real-data.js";
import { temporaryFolder } from "../temporary-folder.js";
import { facebridge, smallDataFolder } from "./small-data.js";

const encoders = "face_mobileface_v3,face_edgeface_xxs,face_esp_mfn";

async function hashes(folder: string): Promise<Record<string, string>> {
  const files = (await readdir(folder)).filter((name) => !name.startsWith("."));
  return Object.fromEntries(
    await Promise.all(
      files.map(
        async (name) =>
          [
            name,
            createHash("sha256")
              .update(await readFile(path.join(folder, name)))
              .digest("hex"),
          ] as const,
      ),
    ),
  );
}

describe.skipIf(realDataFolder() === null)("facebridge embed", () => {
  test("killed again and again, or run twice at once, ends with the bytes of an undisturbed run (seed 11)", async () => {
    const data = await smallDataFolder();
    const [calm, killed] = [await temporaryFolder(), await temporaryFolder()];
    const run = (out: string, killAfterMs?: number, killWith: NodeJS.Signals = "SIGKILL") =>
      facebridge(
        ["embed", "--faces", "lfw", "--encoders", encoders, "--data", data, "--out", out],
        killAfterMs === undefined ? {} : { killAfterMs, killWith },
      );
    const start = performance.now();
    expect((await run(calm)).code).toBe(0);
    const calmMs = performance.now() - start;

    const random = createRandom(11);
    let kills = 0;
    for (let attempt = 0; attempt < 8; attempt++) {
      if ((await run(killed, calmMs * (0.2 + 0.5 * random.uniform()))).code !== 0) kills++;
    }
    expect(kills).toBeGreaterThan(0);
    expect((await run(killed)).code).toBe(0);
    expect(await hashes(path.join(killed, "lfw"))).toEqual(await hashes(path.join(calm, "lfw")));
    const again = await run(killed);
    expect(again.stderr).toContain("there already: face_mobileface_v3, face_edgeface_xxs, face_esp_mfn");

    const stopped = await temporaryFolder();
    for (const share of [0.4, 0.6]) {
      const interrupted = await run(stopped, calmMs * share, "SIGINT");
      if (interrupted.code === 0) continue; // it was done before
      expect([interrupted.code, interrupted.stderr.trim().split("\n").at(-1)]).toEqual([
        130,
        "interrupted; start the same command again to go on",
      ]);
    }
    expect((await run(stopped)).code).toBe(0);
    expect(await hashes(path.join(stopped, "lfw"))).toEqual(await hashes(path.join(calm, "lfw")));

    const both = await temporaryFolder();
    for (const { code, stderr } of await Promise.all([run(both), run(both)])) expect([code, stderr]).toEqual([0, expect.anything()]);
    expect(await hashes(path.join(both, "lfw"))).toEqual(await hashes(path.join(calm, "lfw")));
  });

  test("reports what it could not use, and embeds the rest", async () => {
    const data = await smallDataFolder();
    const out = await temporaryFolder();
    const images = path.join(data, "faces/lfw/images");
    const [one, two, three, four] = (await readdir(images)).sort();
    const nameOf = async (person: string): Promise<string[]> =>
      (await readdir(path.join(images, person))).sort().map((name) => path.join(images, person, name));
    const [cut, tiny] = await nameOf(one);
    await truncate(cut, 2000);
    await writeFile(
      tiny,
      await sharp(Buffer.from([9, 9, 9]), { raw: { width: 1, height: 1, channels: 3 } })
        .jpeg()
        .toBuffer(),
    );
    const [blank, huge] = await nameOf(two);
    await writeFile(
      blank,
      await sharp({ create: { width: 200, height: 200, channels: 3, background: "#777" } })
        .jpeg()
        .toBuffer(),
    );
    await writeFile(huge, hugeHeader());
    await copyFile((await nameOf(three))[0], (await nameOf(four))[3]);

    const { code, stdout, stderr } = await facebridge([
      "embed",
      "--faces",
      "lfw",
      "--encoders",
      "face_mobileface_v3",
      "--data",
      data,
      "--out",
      out,
    ]);
    expect([code, stderr]).toEqual([0, expect.stringContaining("written: face_mobileface_v3")]);
    const lines = stdout.split("\n");
    for (const [file, problem] of [
      [cut, "unreadable"],
      [tiny, "no face found"],
      [blank, "no face found"],
      [huge, "unreadable"],
    ] as const) {
      expect(lines.find((line) => line.startsWith(path.relative(images, file)))).toContain(problem);
    }
    expect(stdout).toMatch(/exact duplicate +the same bytes as .*/);
    expect(stdout).toContain("60 of 64 images embedded, 5 remarks");
    expect((await readEmbeddingSet(out, "lfw", "face_mobileface_v3")).items).toHaveLength(60);
    expect((await readFile(path.join(out, "lfw/problems.tsv"), "utf8")).trim().split("\n")).toHaveLength(6);
  });

  test("refuses weights of another hash before it loads them, in one line", async () => {
    const data = await smallDataFolder();
    const out = await temporaryFolder();
    const real = path.join(realDataFolder()!, "encoders");
    await unlink(path.join(data, "encoders"));
    await mkdir(path.join(data, "encoders"));
    const detector = "det_scrfd_2.5g_bnkps.onnx";
    await copyFile(path.join(real, detector), path.join(data, "encoders", detector));
    const bytes = await readFile(path.join(real, "face_mobileface_v3.onnx"));
    bytes[bytes.length - 1] ^= 1;
    await writeFile(path.join(data, "encoders/face_mobileface_v3.onnx"), bytes);
    const { code, stderr } = await facebridge([
      "embed",
      "--faces",
      "lfw",
      "--encoders",
      "face_mobileface_v3",
      "--data",
      data,
      "--out",
      out,
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^DataError: checkWeights: face_mobileface_v3: .* has SHA-256 [0-9a-f]{64}, its manifest says [0-9a-f]{64}; get the file again\n$/,
    );
    expect(existsSync(path.join(out, "lfw"))).toBe(false);
  });

  test("the committed pack holds what is embedded now, and a pack is built from 64 images and aligned from", async () => {
    const data = await smallDataFolder();
    const [out, pack] = [await temporaryFolder(), await temporaryFolder()];
    expect((await facebridge(["embed", "--faces", "lfw", "--encoders", "packed", "--data", data, "--out", out])).code).toBe(0);
    for (const encoder of await packedEncoders()) {
      const fresh = await readEmbeddingSet(out, "lfw", encoder);
      const packed = await readEmbeddingSet(path.join(projectFolder, "data"), "lfw", encoder);
      const { raw, centred } = worstCosines(fresh, packed);
      expect(raw, `${encoder}: worst cosine`).toBeGreaterThanOrEqual(0.9999);
      expect(centred, `${encoder}: worst cosine about the mean`).toBeGreaterThanOrEqual(0.999);
    }

    await rm(pack, { recursive: true });
    const built = await facebridge(["pack", "build", "--from", out, "--out", pack, "--faces", "lfw"]);
    expect([built.code, built.stdout]).toEqual([0, expect.stringMatching(/^10 files, \d+\.\d MiB/)]);
    expect(await readFile(path.join(pack, "README.md"), "utf8")).toContain("| `lfw` ");
    const { code, stdout } = await facebridge([
      "align",
      "--source",
      "face_esp_mbf",
      "--target",
      "face_openvino_0095",
      "--from",
      pack,
      "--json",
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toHaveLength(252);
  });
});

async function packedEncoders(): Promise<string[]> {
  return (await listEncoderManifests()).flatMap((network) => (network.kind !== "detector" && network.packed ? [network.id] : []));
}

/** Over the rows of `fresh`, each against the packed row of its image. */
function worstCosines(fresh: EmbeddingSet, packed: EmbeddingSet): { raw: number; centred: number } {
  const d = packed.embeddings.columns;
  const mean = new Float64Array(d);
  packed.embeddings.data.forEach((v, i) => (mean[i % d] += v / packed.items.length));
  const rowOf = new Map(packed.items.map(({ image }, row) => [image, row]));
  const worst = { raw: 1, centred: 1 };
  fresh.items.forEach(({ image }, i) => {
    const one = fresh.embeddings.data.subarray(i * d, (i + 1) * d);
    const row = rowOf.get(image)!;
    const other = packed.embeddings.data.subarray(row * d, (row + 1) * d);
    worst.raw = Math.min(worst.raw, cosine(one, other));
    worst.centred = Math.min(
      worst.centred,
      cosine(
        one.map((v, j) => v - mean[j]),
        other.map((v, j) => v - mean[j]),
      ),
    );
  });
  return worst;
}

function cosine(one: Float32Array, other: Float32Array): number {
  const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, v, j) => sum + v * b[j], 0);
  return dot(one, other) / Math.sqrt(dot(one, one) * dot(other, other));
}

/** A PNG signature and an IHDR chunk of 20,000 × 20,000 pixels, and nothing more. */
function hugeHeader(): Buffer {
  return Buffer.from("89504e470d0a1a0a0000000d4948445200004e2000004e2008020000005ac0d1ee", "hex");
}
