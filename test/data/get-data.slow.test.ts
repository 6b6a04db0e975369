import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { expect, test } from "vitest";
import { createRandom } from "../../lib/core/random.js";
import { getData, readFetchLock } from "../../lib/data/index.js";
import { temporaryFolder } from "../temporary-folder.js";
import { serveFiles } from "./file-server.js";

const random = createRandom(20);
const bytes = Uint8Array.from({ length: 4_000_000 }, () => random.integer(256));
const sha256 = createHash("sha256").update(bytes).digest("hex");
const child = new URL("./get-in-child.mjs", import.meta.url).pathname;

/** Whether it ended by itself. */
function get(url: string, folder: string, known: boolean, killAfterMs?: number): Promise<boolean> {
  return new Promise((resolve) => {
    const args = [child, url, folder, known ? sha256 : "-", known ? String(bytes.length) : "-"];
    const running = execFile(process.execPath, args, (error) => {
      resolve(error === null);
    });
    if (killAfterMs !== undefined) setTimeout(() => running.kill("SIGKILL"), killAfterMs);
  });
}

test.each([true, false])(
  "killed at 20 random moments (seed 20), the file is whole at the end and nothing half-written was ever taken for it (hash known: %s)",
  async (known) => {
    const { url, requests } = await serveFiles({ "/net.onnx": { bytes, trickle: { chunk: 40_000, pauseMs: 15 } } });
    const folder = await temporaryFolder();
    const file = path.join(folder, "encoders/net.onnx");
    const start = performance.now();
    expect(await get(`${url}/net.onnx`, folder, known)).toBe(true);
    const calmMs = performance.now() - start;
    expect((await readFile(file)).equals(bytes)).toBe(true);
    await rm(folder, { recursive: true });

    let kills = 0;
    for (let moment = 0; moment < 20; moment++) {
      if (!(await get(`${url}/net.onnx`, folder, known, calmMs * (0.1 + 0.9 * random.uniform())))) kills++;
      const there = await readFile(file).catch(() => null);
      if (there) {
        expect(there.equals(bytes), `after kill ${moment}`).toBe(true);
        if (!known) expect((await readFetchLock(folder))["encoders/net.onnx"]?.sha256).toBe(sha256);
        await rm(file);
        await rm(path.join(folder, "facebridge-lock.json"), { force: true });
      }
    }
    expect(kills).toBeGreaterThan(5);
    expect(requests.some(({ range }) => range !== undefined)).toBe(true);
    expect(await get(`${url}/net.onnx`, folder, known)).toBe(true);
    expect((await readFile(file)).equals(bytes)).toBe(true);
    expect(await readdir(path.join(folder, "encoders"))).toEqual(["net.onnx"]);

    await rm(file);
    const both = await Promise.all([get(`${url}/net.onnx`, folder, known), get(`${url}/net.onnx`, folder, known)]);
    expect(both.filter((ended) => ended)).toHaveLength(1); // the other one says that this one is at it
    expect((await readFile(file)).equals(bytes)).toBe(true);
  },
);

test("a server that falls silent is given up", async () => {
  const { url } = await serveFiles({ "/net.onnx": { bytes, trickle: { chunk: 1000, pauseMs: 1 }, stallAfter: 3000, ranges: false } });
  const folder = await temporaryFolder();
  const file = { path: "encoders/net.onnx", from: { url: `${url}/net.onnx` }, bytes: bytes.length, sha256, unpack: null };
  const network = { id: "net", kind: "network" as const, licence: { name: "MIT", restricted: false }, files: [file] };
  const quiet = { update: () => undefined, end: () => undefined };
  const getting = getData([network], {
    dataFolder: folder,
    allowPrivate: true,
    say: () => undefined,
    startProgress: () => quiet,
    stallMs: 100,
    retryDelayMs: 1,
  });
  await expect(getting).rejects.toThrow("net.onnx did not come whole (");
});
