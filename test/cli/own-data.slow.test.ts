import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { crc32, deflateSync } from "node:zlib";
import { beforeEach, describe, expect, test } from "vitest";
import type { EncoderManifest } from "../../lib/data/index.js";
import { projectFolder } from "../../lib/data/locate.js";
import { formatNpy } from "../../lib/data/npy.js";
import { tarGz, zip } from "../data/archives.js";
import { tinyNetwork } from "../encoders/tiny-onnx.js";
import { realDataFolder } from "../real-data.js";
import { temporaryFolder } from "../temporary-folder.js";

let folder: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  await mkdir(path.join(folder, "in/A"), { recursive: true });
});

interface Ended {
  readonly code: number;
  readonly text: string;
  readonly cpuMs: number;
  readonly peakMiB: number;
}

/** The built command, with what it cost. */
function facebridge(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return measured([path.join(projectFolder, "dist/cli/main.js"), ...args], env);
}

/** Node with what it cost: processor time and peak memory of its process. */
async function measured(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const cost = `process.on("exit",()=>{const u=process.resourceUsage();process.stderr.write("\\nCOST "+(u.userCPUTime+u.systemCPUTime)/1000+" "+u.maxRSS/1024)});`;
  const options = { env: { ...process.env, FACEBRIDGE_LOCAL: path.join(folder, "local"), ...env }, maxBuffer: 1e8 };
  const loader = ["--import", `data:text/javascript,${encodeURIComponent(cost)}`];
  const { code, stdout, stderr } = await promisify(execFile)(process.execPath, [...loader, ...args], options).then(
    (done) => ({ code: 0, ...done }),
    (error: unknown) => error as { code: number; stdout: string; stderr: string },
  );
  const [, cpuMs, peakMiB] = /COST (\S+) (\S+)/.exec(stderr)!.map(Number);
  return { code, text: stdout + stderr, cpuMs, peakMiB };
}

async function put(name: string, content: string | Uint8Array): Promise<string> {
  const file = path.join(folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, content);
  return file;
}

/** A PNG of one colour that says it is as large as wanted. */
function pngBomb(side: number): Buffer {
  const chunk = (type: string, data: Uint8Array): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [size, crc] = [Buffer.alloc(4), Buffer.alloc(4)];
    size.writeUInt32BE(data.length);
    crc.writeUInt32BE(crc32(body));
    return Buffer.concat([size, body, crc]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 0, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", header), chunk("IDAT", deflateSync(Buffer.alloc((side + 1) * 1000))), chunk("IEND", Buffer.alloc(0))]); // prettier-ignore
}

describe("a hostile file ends in a typed error, in 5 s of the processor and 500 MB, and writes nothing outside", () => {
  const add = (file: string): string[] => [
    "embeddings",
    "add",
    file,
    "--as",
    "x",
    "--faces",
    "party",
    "--labels",
    path.join(folder, "l.csv"),
  ];

  test.each<[string, () => Promise<string[]>, RegExp]>([
    [
      "an .npy of objects, which would be unpickled",
      async () => add(await put("o.npy", withDescr("|O"))),
      /^DataError: .*its values are \|O/m,
    ],
    ["a CSV of a million columns", async () => add(await put("c.csv", `${"0,".repeat(1e6)}0\n`)), /^DataError: .*more than 65536 columns/m],
    ["a CSV of labels in one endless line", async () => [...add(await put("e.npy", formatNpy([1, 1], Float64Array.of(1)))).slice(0, -1), await put("b.csv", "a".repeat(1e8))], /^DataError: .*a line is longer than/m], // prettier-ignore
    ["an .npz that swells a thousandfold", async () => add(await put("z.npz", zip([{ name: "a.npy", bytes: formatNpy([16_000_000], new Float64Array(16_000_000)) }]))), /^DataError: .*unpacks .* to 122/m], // prettier-ignore
    ["an .npz that says it is smaller than it is", async () => add(await put("z.npz", zip([{ name: "a.npy", bytes: Buffer.alloc(1e7), statedBytes: 100 }]))), /^DataError: .*cannot be read as a .npz file/m], // prettier-ignore
    ["an ONNX graph with external data above its folder", async () => ["encoder", "add", await put("in/n.onnx", external("../../secret"))], /^DataError: .*external data of n.onnx is "..\/..\/secret"/m], // prettier-ignore
    ["an ONNX graph with external data at an absolute path", async () => ["encoder", "add", await put("in/n.onnx", external("/etc/passwd"))], /^DataError: .*is "\/etc\/passwd"/m], // prettier-ignore
    ["a TensorFlow.js graph with weights above its folder", async () => ["encoder", "add", await put("in/m.json", '{"modelTopology":{},"weightsManifest":[{"paths":["../w"],"weights":[]}]}')], /^DataError: .*names weights outside its folder/m], // prettier-ignore
    ["an encoder manifest with a path upwards", async () => (await put("local/encoders/m.json", await changed("encoders/face_esp_mbf", ["weights", 0, "path"], "../../x")), ["data", "list"]), /^DataError: encoders\/m.json: field weights.0.path is "..\/..\/x"/m], // prettier-ignore
    ["a face set manifest at an absolute path", async () => (await put("local/face-sets/m.json", await changed("face-sets/lfw", ["folder"], "/etc")), ["data", "list"]), /^DataError: face-sets\/m.json: field folder is "\/etc"/m], // prettier-ignore
    ["a CSV of photographs elsewhere", async () => ["faces", "add", await put("in/p.csv", "image,identity\n/etc/passwd,A\n")], /^DataError: .*image is "\/etc\/passwd"/m], // prettier-ignore
    ["a folder of photographs with a link that leads out", async () => (await symlink("/etc/passwd", path.join(folder, "in/A/1.jpg")), ["faces", "add", path.join(folder, "in")]), /^DataError: .*is a link that leads out/m], // prettier-ignore
  ])("%s", async (_, prepare, message) => {
    await put("l.csv", "identity\nA\n");
    const args = await prepare();
    const before = (await readdir(folder, { recursive: true })).sort();
    const { code, text, cpuMs, peakMiB } = await facebridge(args);
    expect(text).toMatch(message);
    expect([code, text.includes("    at "), (await readdir(folder, { recursive: true })).sort()]).toEqual([1, false, before]);
    expect(cpuMs).toBeLessThan(5000);
    expect(peakMiB).toBeLessThan(500);
  });

  test.each(["zip", "tar.gz"] as const)("a %s archive that swells a thousandfold, and one that leads out", async (format) => {
    const make = { zip, "tar.gz": tarGz }[format];
    const unpack = `import { unpackArchive } from ${JSON.stringify(path.join(projectFolder, "dist/data/unpack.js"))};
      await unpackArchive(process.argv[1], process.argv[2], ${JSON.stringify(format)}, { strip: 0 }).catch((error) => {
        process.stderr.write(\`\${error.name}: \${error.message}\\n\`);
        process.exitCode = 1;
      });`;
    await mkdir(path.join(folder, "to"));
    for (const [member, message] of [
      [{ name: "zeros", bytes: Buffer.alloc(200_000_000) }, /^DataError: .*unpacks to more than .*; it is not unpacked/m],
      [{ name: "../secret", bytes: Buffer.from("x") }, /^DataError: .*holds "..\/secret", which leads out of its folder/m],
    ] as const) {
      const archive = await put("archive", make([member]));
      const before = (await readdir(folder, { recursive: true })).sort();
      const { code, text, cpuMs, peakMiB } = await measured(["--input-type=module", "--eval", unpack, archive, path.join(folder, "to")]);
      expect(text).toMatch(message);
      expect([code, (await readdir(folder, { recursive: true })).sort()]).toEqual([1, before]);
      expect([cpuMs < 5000, peakMiB < 500]).toEqual([true, true]);
    }
  });

  test.skipIf(realDataFolder() === null)("an image bomb is told, and no more of it is read than its header", async () => {
    await put("in/A/bomb.png", pngBomb(60_000));
    const { code, text, cpuMs, peakMiB } = await facebridge(["faces", "add", path.join(folder, "in")], {
      FACEBRIDGE_DATA: realDataFolder()!,
    });
    expect(code).toBe(1);
    expect(text).toContain("DataError: addFaceSet: no photograph is left for in");
    expect([cpuMs < 5000, peakMiB < 500]).toEqual([true, true]);
  });
});

/** As long as before: the rest of the header is padded. */
function withDescr(descr: "|O"): Buffer {
  const text = formatNpy([1, 1], Float64Array.of(1)).toString("latin1");
  return Buffer.from(text.replace(/'<f8'(.*?\})/, `'${descr}'$1 `), "latin1");
}

function external(externalFile: string): Uint8Array {
  const input = { name: "x", width: 8, height: 8, layout: "NCHW", channels: "RGB", mean: 0, scale: 1, batch: 1 } as const;
  return tinyNetwork({ input, output: { name: "y" }, dimension: 16 } as unknown as EncoderManifest, { externalFile }).graph;
}

/** A manifest of the project as "m", with one field changed. */
async function changed(name: string, [first, ...rest]: readonly (string | number)[], value: unknown): Promise<string> {
  const manifest = JSON.parse(await readFile(path.join(projectFolder, "data-manifests", `${name}.json`), "utf8")) as Record<
    string | number,
    unknown
  >;
  let holder = manifest;
  let key = first;
  for (const next of rest) {
    holder = holder[key] as Record<string | number, unknown>;
    key = next;
  }
  holder[key] = value;
  const studySets = name.startsWith("face-sets") ? { studySets: [] } : {};
  return JSON.stringify({ ...manifest, ...studySets, id: "m" });
}
