import { createHash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { describe, expect, test, vi } from "vitest";
import { DataError, LicenceError } from "../../lib/core/errors.js";
import { createRandom } from "../../lib/core/random.js";
import { type Download, type DownloadFile, getData, type GetDataOptions, readFetchLock } from "../../lib/data/index.js";
import { temporaryFolder } from "../temporary-folder.js";
import { zip } from "./archives.js";
import { type Served, serveFiles } from "./file-server.js";

const random = createRandom(5);
const bytes = Uint8Array.from({ length: 300_000 }, () => random.integer(256));
const sha256 = createHash("sha256").update(bytes).digest("hex");
const name = "encoders/net.onnx";

function download(url: string, change: Partial<DownloadFile> = {}): Download {
  const file: DownloadFile = { path: name, from: { url }, bytes: bytes.length, sha256, unpack: null, ...change };
  return { id: "net", kind: "network", licence: { name: "MIT", restricted: false }, files: [file] };
}

interface Got {
  readonly folder: string;
  readonly said: string[];
  /** Bytes that were there at each start. */
  readonly starts: number[];
  readonly get: (wanted: Download, options?: Partial<GetDataOptions>) => Promise<void>;
  readonly read: () => Promise<Buffer | null>;
  /** Names in encoders/. */
  readonly names: () => Promise<string[]>;
}

async function fetcher(): Promise<Got> {
  const folder = await temporaryFolder();
  const said: string[] = [];
  const starts: number[] = [];
  return {
    folder,
    said,
    starts,
    async get(wanted, options = {}): Promise<void> {
      await getData([wanted], {
        dataFolder: folder,
        allowPrivate: true,
        say: (text) => said.push(text),
        startProgress: (_label, _total, start) => (starts.push(start), { update: () => undefined, end: () => undefined }),
        retryDelayMs: 1,
        environment: {},
        ...options,
      });
    },
    read: () => readFile(path.join(folder, name)).catch(() => null),
    names: () => readdir(path.join(folder, "encoders")),
  };
}

async function served(one: Served): Promise<{ url: string; requests: Awaited<ReturnType<typeof serveFiles>>["requests"] }> {
  const { url, requests } = await serveFiles({ "/net.onnx": one });
  return { url: `${url}/net.onnx`, requests };
}

test("a file comes whole into its place, and nothing else stays", async () => {
  const { url, requests } = await served({ bytes });
  const { get, read, names, said } = await fetcher();
  await get(download(url));
  expect((await read())!.equals(bytes)).toBe(true);
  expect(await names()).toEqual(["net.onnx"]);
  expect(said).toEqual(["net: licence MIT"]);
  await get(download(url));
  expect(requests).toHaveLength(1);
});

test("a file that two entries name is fetched once", async () => {
  const { url, requests } = await served({ bytes });
  const { folder } = await fetcher();
  const quiet = { update: () => undefined, end: () => undefined };
  const options = { dataFolder: folder, allowPrivate: true, say: () => undefined, startProgress: () => quiet };
  const both = [download(url), { ...download(url), id: "other" }];
  expect(await getData(both, options)).toEqual({ fetched: [name], present: [] });
  expect(requests).toHaveLength(1);
});

test("an archive is unpacked into its folder and recorded, and is not fetched again", async () => {
  const archive = zip([
    { name: "set/Ann/1.jpg", bytes: Buffer.from("one") },
    { name: "set/Bob/1.jpg", bytes: Buffer.from("two") },
  ]);
  const { url, requests } = await served({ bytes: archive });
  const { get, folder, said } = await fetcher();
  const set = download(url, { path: "faces/set", bytes: null, sha256: null, unpack: { format: "zip", strip: 1 } });
  await mkdir(path.join(folder, "faces/set/Ann"), { recursive: true });
  await writeFile(path.join(folder, "faces/set/Ann/own.txt"), "mine");
  await get(set);
  expect(requests).toHaveLength(0); // what was put there by hand is left
  await rm(path.join(folder, "faces/set"), { recursive: true });
  await get(set);
  await get(set);
  expect(requests).toHaveLength(1);
  expect(await readFile(path.join(folder, "faces/set/Bob/1.jpg"), "utf8")).toBe("two");
  expect(await readdir(path.join(folder, "faces"))).toEqual(["set"]);
  expect(said.some((text) => text.startsWith("faces/set is unverified: its manifest has no hash."))).toBe(true);
  expect((await readFetchLock(folder))["faces/set"]?.bytes).toBe(archive.length);
});

test("connections that drop are gone on with where they stopped", async () => {
  const { url, requests } = await served({ bytes, cut: { after: 70_000, times: 2 } });
  const { get, read, starts } = await fetcher();
  await get(download(url));
  expect((await read())!.equals(bytes)).toBe(true);
  expect(requests.length).toBe(3);
  expect(requests.slice(1).every(({ range }) => /^bytes=[1-9]\d*-$/.test(range!))).toBe(true);
  expect(starts).toEqual([...starts].sort((one, other) => one - other));
});

test("a server without ranges gives the file from its start again", async () => {
  const { url } = await served({ bytes, ranges: false, cut: { after: 70_000, times: 2 } });
  const { get, read, starts } = await fetcher();
  await get(download(url));
  expect((await read())!.equals(bytes)).toBe(true);
  expect(new Set(starts)).toEqual(new Set([0]));
});

test("a part of an older file is not gone on with", async () => {
  const { url, requests } = await served({ bytes, etag: '"new"' });
  const { get, read, folder } = await fetcher();
  await mkdir(path.join(folder, "encoders"));
  await writeFile(path.join(folder, "encoders/.net.onnx.part"), new Uint8Array(1000));
  await writeFile(path.join(folder, "encoders/.net.onnx.part.json"), JSON.stringify({ url, etag: '"old"' }));
  await get(download(url));
  expect((await read())!.equals(bytes)).toBe(true);
  expect(requests[0].range).toBe("bytes=1000-");
});

test("a connection that ends again and again is given up, and what came is kept", async () => {
  const { url } = await served({ bytes, ranges: false, cut: { after: 70_000, times: 99 } });
  const { get, read, names } = await fetcher();
  await expect(get(download(url))).rejects.toThrow(
    /net.onnx did not come whole \(.*\); start the same command again to go on where it stopped$/,
  );
  expect(await read()).toBeNull();
  expect(await names()).toEqual([".net.onnx.part", ".net.onnx.part.json"]);
});

test("a second run in the same folder is refused while the first one is at it, and a killed one's claim is taken over", async () => {
  const { url } = await served({ bytes: bytes.subarray(0, 1000), trickle: { chunk: 100, pauseMs: 15 } });
  const { get, folder } = await fetcher();
  const small = download(url, { bytes: 1000, sha256: createHash("sha256").update(bytes.subarray(0, 1000)).digest("hex") });
  await writeFile(path.join(folder, ".facebridge-get"), "999999999");
  const first = get(small);
  await vi.waitUntil(() => existsSync(path.join(folder, "encoders/.net.onnx.part")));
  await expect(get(small)).rejects.toThrow(`claimFolder: process ${process.pid} is fetching into ${folder}; wait for it, or delete `);
  await first;
  expect(existsSync(path.join(folder, ".facebridge-get"))).toBe(false);
});

test("a slow server is waited for", async () => {
  const small = bytes.subarray(0, 1000);
  const { url } = await served({ bytes: small, trickle: { chunk: 100, pauseMs: 15 } });
  const { get, read } = await fetcher();
  await get(download(url, { bytes: 1000, sha256: createHash("sha256").update(small).digest("hex") }));
  expect((await read())!.equals(small)).toBe(true);
});

test.each([
  ["bytes of another hash", { bytes: bytes.map((v) => v ^ 1) }, {}, `and its manifest says ${sha256}; it was not taken`],
  [
    "10 GB where its manifest says less",
    { bytes, contentLength: 1e10 },
    {},
    "net.onnx.part is 10000000000 bytes there and its manifest says 300000; nothing was fetched",
  ],
  [
    "10 GB where no manifest says a size",
    { bytes, contentLength: 1e10 },
    { bytes: null, sha256: null },
    "is 9.3 GiB or more, its manifest says no size, and the limit is 4.0 GiB; raise it with --max-gib",
  ],
  ["no such file", { status: 404 }, {}, "answered 404; get the file elsewhere and give it to facebridge data import"],
  [
    "a file that is not open to all",
    { status: 403 },
    {},
    "is not open to all (403); accept its terms there, then get the file by hand and give it to facebridge data import",
  ],
  ["a busy server", { status: 503 }, {}, "did not come whole (the server answered 503)"],
])("%s: nothing is put into place", async (_, how: Served, change: Partial<DownloadFile>, message) => {
  const { url } = await served(how);
  const { get, names } = await fetcher();
  const getting = get(download(url, change));
  await expect(getting).rejects.toThrow(DataError);
  await expect(getting).rejects.toThrow(message);
  expect(await names()).toEqual([]);
});

test("more bytes than the manifest says are not taken from a server that does not say how many come", async () => {
  const { url } = await served({ bytes, contentLength: null });
  const { get, names } = await fetcher();
  await expect(get(download(url, { bytes: 1000 }))).rejects.toThrow("is more than the 1000 bytes of its manifest; the part was not kept");
  expect(await names()).not.toContain("net.onnx");
  expect(await names()).not.toContain(".net.onnx.part");
});

test("a file of no stated size ends at the limit, and one that the disk cannot hold is not begun", async () => {
  const endless = await served({ bytes, contentLength: null });
  const { get, names } = await fetcher();
  await expect(get(download(endless.url, { bytes: null, sha256: null }), { sizeLimit: 100_000 })).rejects.toThrow(
    /net.onnx.part is \d+ KiB or more, its manifest says no size, and the limit is 97.7 KiB; raise it with --max-gib$/,
  );
  const vast = await served({ bytes, contentLength: 2 ** 52 });
  await expect(get(download(vast.url, { bytes: 2 ** 52 }))).rejects.toThrow(
    /^fetchPart: 4096 TiB are to come and the disk of .* has .*; make room$/,
  );
  expect(await names()).not.toContain("net.onnx");
});

test("an abort ends it with the signal's reason, and what came is gone on with", async () => {
  const { url, requests } = await served({ bytes, trickle: { chunk: 20_000, pauseMs: 20 } });
  const { get, folder, read } = await fetcher();
  const stopping = new AbortController();
  const getting = get(download(url), { signal: stopping.signal });
  await vi.waitUntil(() => (statSync(path.join(folder, "encoders/.net.onnx.part"), { throwIfNoEntry: false })?.size ?? 0) > 0);
  stopping.abort(new DOMException("interrupted", "AbortError"));
  await expect(getting).rejects.toThrow("interrupted");
  expect(await read()).toBeNull();
  await get(download(url));
  expect((await read())!.equals(bytes)).toBe(true);
  expect(requests[1].range).toMatch(/^bytes=[1-9]/);
});

test("redirects are followed, and not for ever", async () => {
  const { url } = await serveFiles({
    "/net.onnx": { bytes },
    "/old": { redirect: "/older" },
    "/older": { redirect: "/net.onnx" },
    "/loop": { redirect: "/loop" },
  });
  const { get, read } = await fetcher();
  await expect(get(download(`${url}/loop`))).rejects.toThrow("leads on more than 8 times; correct the address");
  await get(download(`${url}/old`));
  expect((await read())!.equals(bytes)).toBe(true);
});

describe("an unverified file", () => {
  const unknown = { bytes: null, sha256: null };

  test("is recorded when it first comes, and later ones are held to that", async () => {
    const { url } = await served({ bytes });
    const { get, said, folder, read } = await fetcher();
    await get(download(url, unknown));
    expect(said[1]).toBe(
      `${name} is unverified: its manifest has no hash. SHA-256 ${sha256} is recorded in facebridge-lock.json, and what comes later is held to it`,
    );
    expect(await readFetchLock(folder)).toEqual({ [name]: { bytes: bytes.length, sha256, from: url } });

    await writeFile(path.join(folder, name), "damaged");
    const other = await served({ bytes: bytes.map((v) => v ^ 1) });
    await expect(get(download(other.url, unknown))).rejects.toThrow(
      `and facebridge-lock.json, from its first fetch, says ${sha256}; it was not taken`,
    );
    expect((await read())!.toString()).toBe("damaged");
  });

  test("that was put there by hand is left as it is, and said to be so", async () => {
    const { get, said, folder, read } = await fetcher();
    await mkdir(path.join(folder, "encoders"));
    await writeFile(path.join(folder, name), "mine");
    await get(download("http://127.0.0.1:1/net.onnx", unknown));
    expect(said).toContain(`${name} is there already, and nothing says what it should be; it is left as it is`);
    expect((await read())!.toString()).toBe("mine");
  });

  test("is not gone on with where the server does not say what its part is of", async () => {
    const { url, requests } = await served({ bytes, etag: null, cut: { after: 70_000, times: 1 } });
    const { get, read } = await fetcher();
    await get(download(url, unknown));
    expect((await read())!.equals(bytes)).toBe(true);
    expect(requests.map(({ range }) => range)).toEqual([undefined, undefined]);
  });

  test("has a lock file that is not taken when it is damaged", async () => {
    const { get, folder } = await fetcher();
    await writeFile(path.join(folder, "facebridge-lock.json"), '{"files": {"a": 1}}');
    await expect(get(download("http://127.0.0.1:1/x", unknown))).rejects.toThrow(
      /facebridge-lock.json is damaged; restore it, or delete it to trust what is there now$/,
    );
  });
});

describe("what may be fetched", () => {
  test("restricted use is to be accepted first", async () => {
    const { url, requests } = await served({ bytes });
    const { get, read } = await fetcher();
    const restricted = { ...download(url), licence: { name: "research use", restricted: true } };
    await expect(get(restricted)).rejects.toThrow(LicenceError);
    await expect(get(restricted)).rejects.toThrow(
      "getData: net is of restricted use (research use); read its terms where it is published, then add --accept-licence",
    );
    expect(requests).toEqual([]);
    await get(restricted, { acceptLicence: true });
    expect((await read())!.equals(bytes)).toBe(true);
  });

  test("what has no address says how to bring it", async () => {
    const { get } = await fetcher();
    await expect(get({ ...download(""), files: [] })).rejects.toThrow(
      "getData: no address of net is known; get it by hand (facebridge doctor --data <folder> names its source), then run: facebridge data import <path> --as net",
    );
  });

  test("this machine, its network and file: addresses are refused unless that is allowed", async () => {
    const { get } = await fetcher();
    for (const url of [
      "http://127.0.0.1:9/x",
      "http://localhost:9/x",
      "http://[::1]:9/x",
      "http://10.1.2.3/x",
      "http://192.168.1.1/x",
      "file:///etc/passwd",
    ]) {
      await expect(get(download(url), { allowPrivate: false }), url).rejects.toThrow(
        "is on this machine or its network, and nothing is fetched from there unless --allow-private says so",
      );
    }
    await expect(get(download("ftp://example.org/x"))).rejects.toThrow(
      "ftp://example.org/x is of the scheme ftp:; only https:, http: and file: are fetched",
    );
    await expect(get(download("example.org/x"))).rejects.toThrow();
  });

  test("a file: address gives the file, and goes on with a part", async () => {
    const { get, read, folder } = await fetcher();
    const source = path.join(folder, "source.onnx");
    await writeFile(source, bytes);
    const { href } = pathToFileURL(source);
    await mkdir(path.join(folder, "encoders"));
    await writeFile(path.join(folder, "encoders/.net.onnx.part"), bytes.subarray(0, 1000));
    await writeFile(path.join(folder, "encoders/.net.onnx.part.json"), JSON.stringify({ url: href, etag: null }));
    await get(download(href));
    expect((await read())!.equals(bytes)).toBe(true);
    await expect(get(download(`${href}x`, { path: "encoders/other" }))).rejects.toThrow(/no file file:.*x; correct the address$/);
  });

  test("an access token goes to the host that was asked, not to the one it leads to, and is never said", async () => {
    const other = await serveFiles({ "/net.onnx": { bytes } });
    const first = await serveFiles({ "/net.onnx": { redirect: `${other.url}/net.onnx` }, "/closed": { status: 401 } });
    const { get, said } = await fetcher();
    const environment = { TEST_TOKEN: "secret-token" };
    await get(download("", { from: { url: `${first.url}/net.onnx`, token: "TEST_TOKEN" } }), { environment });
    expect(first.requests[0].authorization).toBe("Bearer secret-token");
    expect(other.requests[0].authorization).toBeUndefined();

    const closed = download("", { path: "encoders/other", from: { url: `${first.url}/closed?key=hidden`, token: "TEST_TOKEN" } });
    const error = await get(closed, { environment }).catch((reason: unknown) => reason as Error);
    expect(error!.message).toContain("is not open to all (401); accept its terms there, then set TEST_TOKEN to an access token");
    expect(`${error!.message} ${said.join(" ")}`).not.toMatch(/secret-token|hidden/);
  });
});
