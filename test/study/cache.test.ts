import { fork } from "node:child_process";
import { mkdir, readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { DataError, ValueError } from "../../lib/core/errors.js";
import { projectFolder } from "../../lib/data/locate.js";
import { createOnnxEngine } from "../../lib/linalg/onnx.js";
import { openCache } from "../../lib/study/cache.js";
import { openStudy } from "../../lib/study/context.js";
import { runStudy } from "../../lib/study/run-study.js";
import type { StudyContext, StudySpec } from "../../lib/study/study-spec.js";
import { temporaryFolder } from "../temporary-folder.js";
import { syntheticEmbeddings, syntheticFaces, syntheticManifest } from "./synthetic-networks.js";

const filesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));

describe("openCache", () => {
  it("gives back what was put, to another cache on the same folder too, and null for any other key", async () => {
    const folder = await temporaryFolder();
    const value = { rates: [0.1 + 0.2, 1 / 3], low: null };
    await openCache({ folder }).put({ map: "ridge", seed: 0 }, value);
    expect(await openCache({ folder }).get({ map: "ridge", seed: 0 })).toEqual(value);
    expect(await openCache({ folder }).get({ map: "ridge", seed: 1 })).toBeNull();
  });

  it.each(["", "half", "flipped"])("takes a damaged file away and computes anew: %s", async (damage) => {
    const folder = await temporaryFolder();
    const cache = openCache({ folder });
    await cache.put("key", [1, 2, 3]);
    const [file] = await filesIn(folder);
    const text = await readFile(file, "utf8");
    await writeFile(file, damage === "" ? "" : damage === "half" ? text.slice(0, -3) : text.replace("2", "7"));
    expect(await cache.get("key")).toBeNull();
    expect(await filesIn(folder)).toEqual([]);
  });

  it("lets go of what was used least recently once it is larger than its bound", async () => {
    const folder = await temporaryFolder();
    const old = openCache({ folder });
    for (let i = 0; i < 20; i++) await old.put(i, "x".repeat(1000));
    for (const [age, file] of (await filesIn(folder)).entries()) await utimes(file, 1000 + age, 1000 + age);
    await old.get(7); // used just now
    await openCache({ folder, mostBytes: 8000 }).put("new", "x".repeat(1000));
    let bytes = 0;
    for (const file of await filesIn(folder)) bytes += (await stat(file)).size;
    expect(bytes).toBeLessThanOrEqual(8000);
    expect(bytes).toBeGreaterThan(5000);
    expect(await old.get(7)).not.toBeNull();
    expect(await old.get("new")).not.toBeNull();
  });

  it("says what a disk that takes nothing needs, and refuses a bound of nothing", async () => {
    const folder = await temporaryFolder();
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, "taken"), "");
    const failure = openCache({ folder: path.join(folder, "taken") }).put("key", 1);
    await expect(failure).rejects.toThrow(DataError);
    await expect(failure).rejects.toThrow(/cannot be written \(ENOTDIR\); make room there, or compute without the cache/);
    expect(() => openCache({ mostBytes: 0 })).toThrow(ValueError);
    expect(() => openCache({ mostBytes: 0 })).toThrow("mostBytes is 0; it must be above zero");
  });

  it("serves eight processes at once", async () => {
    const folder = await temporaryFolder();
    const script = path.join(folder, "worker.mjs");
    await writeFile(
      script,
      `const { openCache } = await import(${JSON.stringify(path.join(projectFolder, "dist", "study", "cache.js"))});
      const cache = openCache({ folder: ${JSON.stringify(path.join(folder, "shared"))}, mostBytes: 20000 });
      for (let i = 0; i < 60; i++) {
        const found = await cache.get(i);
        if (found !== null && found.join() !== [i, i * i].join()) throw new Error("a wrong value");
        await cache.put(i, [i, i * i]);
      }`,
    );
    const ends = Array.from({ length: 8 }, () => new Promise((resolve) => fork(script).on("exit", resolve)));
    expect(await Promise.all(ends)).toEqual(new Array(8).fill(0));
    expect((await filesIn(path.join(folder, "shared"))).filter((file) => file.endsWith(".tmp"))).toEqual([]);
  }, 30_000);
});

describe("openStudy", () => {
  const cacheWith = async (asked: string): Promise<unknown> => {
    vi.stubEnv("FACEBRIDGE_STUDY_CACHE", asked);
    return (await openStudy()).cache;
  };
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it("keeps what was measured unless FACEBRIDGE_STUDY_CACHE is off, and refuses any other value", async () => {
    expect(await cacheWith("")).not.toBeNull();
    expect(await cacheWith("off")).toBeNull();
    const refusal = 'openStudy: FACEBRIDGE_STUDY_CACHE is "/tmp/x"; it must be "off", or not set, for runs/cache';
    await expect(cacheWith("/tmp/x")).rejects.toThrow(new ValueError(refusal));
  });
});

describe("runStudy with a cache", () => {
  const faces = { lfw: syntheticFaces("lfw", 40, 3, 1) };
  const context: StudyContext = {
    load: (encoder) => Promise.resolve(syntheticEmbeddings(encoder, 16, faces.lfw)),
    faceSets: [syntheticManifest("lfw")],
    overlap: [],
    engine: createOnnxEngine({ threads: 1 }),
  };
  const pairs = [{ source: "one", target: "other" }];
  const spec: StudySpec = {
    experiment: "cached",
    pairs,
    maps: ["native", "ridge"],
    fitSet: "lfw",
    testSet: "lfw",
    seed: 0,
    frames: ["centred"],
  };

  it("gives the same rows and curves without it, while it fills, and from it", async () => {
    const cache = openCache({ folder: await temporaryFolder() });
    const [without, filling, from] = [
      await runStudy(spec, context),
      await runStudy(spec, { ...context, cache }),
      await runStudy(spec, { ...context, cache }),
    ];
    expect(filling).toEqual(without);
    expect(from).toEqual(without);
  });

  it("measures nothing twice, and anew whatever depends on what was changed", async () => {
    const folder = await temporaryFolder();
    const cache = openCache({ folder });
    const count = async (changed: Partial<StudySpec>, context2: Partial<StudyContext> = {}): Promise<number> => {
      const before = (await filesIn(folder)).length;
      await runStudy({ ...spec, ...changed }, { ...context, cache, ...context2 });
      return (await filesIn(folder)).length - before;
    };
    expect(await count({})).toBe(2);
    expect(await count({ experiment: "another name" })).toBe(0);
    expect(await count({ maps: ["ridge", "procrustes"] })).toBe(1);
    expect(await count({ seed: 1 })).toBe(2);
    expect(await count({ fraction: 0.5 })).toBe(2);
    expect(await count({ control: "shuffled" })).toBe(2);
    expect(await count({ ranks: [1], fmrs: [1e-4] })).toBe(0); // measured as well, whatever is reported
    expect(await count({ ranks: [2] })).toBe(2);
    expect(await count({ frames: ["raw", "centred"] })).toBe(2);
    const other = { load: (encoder: string) => Promise.resolve(syntheticEmbeddings(encoder, 17, faces.lfw)) };
    expect(await count({}, other)).toBe(2);
  });
});
