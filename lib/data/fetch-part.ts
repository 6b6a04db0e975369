import { open, readFile, rm, stat, statfs, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { formatBytes } from "../core/bytes.js";
import { DataError } from "../core/errors.js";
import type { Progress } from "../core/progress.js";
import { withoutSecrets } from "./web-address.js";
import type { WebAnswer, WebClient } from "./web-client.js";

export interface FetchPartOptions {
  readonly client: WebClient;
  /** Size that the file must have; null where it is not known. */
  readonly bytes: number | null;
  /** Whether a whole file can be told from a broken one afterwards: only then is a part taken up of which the server does not say what it is of. */
  readonly hashKnown: boolean;
  /** Largest size of a file whose size is not known. */
  readonly sizeLimit: number;
  /** Name and value of the access token. */
  readonly token?: { readonly name: string; readonly value: string | undefined } | undefined;
  /** Started with the size (Infinity where nobody says it) and with what is there already. */
  readonly startProgress: (total: number, start: number) => Progress;
  readonly signal?: AbortSignal | undefined;
  /** Wait before another attempt; doubled each time. @defaultValue 1000 */
  readonly retryDelayMs?: number;
}

/** Attempts in a row that bring no byte. */
const maxAttempts = 5;

/** A part of a file, and what it is a part of. */
interface Part {
  readonly url: string;
  readonly etag: string | null;
}

/** What an answer says it brings. */
interface Body {
  readonly start: number;
  /** Of the whole file; null where it is not said. */
  readonly total: number | null;
}

/**
 * Fetch an address into `file`, going on where an earlier attempt was cut off.
 *
 * A connection that drops or stalls, and an answer that the server is busy, are tried again. `<file>.json` says what the part is of. No other
 * process may fetch into the same file meanwhile. That the file is what it should be is for the caller to check.
 *
 * @throws DataError when the server refuses, when the size is another than `bytes` or beyond the limit or the disk, or when attempts are used up.
 */
export async function fetchPart(url: string, file: string, options: FetchPartOptions): Promise<void> {
  const { signal, retryDelayMs = 1000 } = options;
  const shown = withoutSecrets(new URL(url));
  let attempts = 0;
  let reached = -1;
  for (;;) {
    signal?.throwIfAborted();
    const start = await startOf(url, file, options);
    if (start > reached) [attempts, reached] = [0, start];
    try {
      await fetchOnce(url, file, start, options);
      return;
    } catch (error) {
      signal?.throwIfAborted();
      const cause = error instanceof Error && error.cause instanceof DataError ? error.cause : error;
      if (cause instanceof DataError) throw cause;
      attempts++;
      if (attempts === maxAttempts) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new DataError(`fetchPart: ${shown} did not come whole (${reason}); start the same command again to go on where it stopped`);
      }
      await setTimeout(retryDelayMs * 2 ** (attempts - 1), undefined, { signal });
    }
  }
}

/** How much of the file is there and can be gone on with. */
async function startOf(url: string, file: string, { bytes, hashKnown }: FetchPartOptions): Promise<number> {
  const part = await readPart(file);
  const size = (await stat(file).catch(() => null))?.size ?? 0;
  const usable = part?.url === url && (part.etag !== null || hashKnown) && (bytes === null || size <= bytes);
  if (usable) return size;
  await rm(file, { force: true });
  return 0;
}

async function fetchOnce(url: string, file: string, start: number, options: FetchPartOptions): Promise<void> {
  const { client, bytes, token, signal, startProgress } = options;
  if (bytes !== null && start === bytes) return;
  const etag = (await readPart(file))?.etag ?? null;
  const range: Record<string, string> = start > 0 ? { range: `bytes=${start}-`, ...(etag === null ? {} : { "if-range": etag }) } : {};
  const answer = await client.get(url, { headers: range, token: token?.value, signal });
  try {
    const body = readHead(answer, start, withoutSecrets(new URL(url)), token?.name);
    if (body === "another file") {
      await rm(file, { force: true });
      throw new Error("the server has another file now");
    }
    await checkSize(body, file, options);
    const tag = answer.headers.etag;
    const strong = tag !== undefined && !tag.startsWith("W/") ? tag : null;
    if (body.start === 0) await rm(file, { force: true });
    await writeFile(`${file}.json`, JSON.stringify({ url, etag: strong } satisfies Part));
    const total = bytes ?? body.total ?? Infinity;
    const progress = startProgress(total, body.start);
    const end = await writeBody(answer.body, file, body.start, options, progress);
    progress.end();
    if (body.total !== null && end < body.total) throw new Error(`the connection ended after ${end} of ${body.total} bytes`);
  } finally {
    await answer.discard();
  }
}

function readHead({ status, headers }: WebAnswer, start: number, shown: string, tokenName: string | undefined): Body | "another file" {
  const length = headers["content-length"] === undefined ? null : Number(headers["content-length"]);
  if (status === 200) return { start: 0, total: length };
  if (status === 206) {
    const [, first, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers["content-range"] ?? "") ?? [];
    if (Number(first) === start) return { start, total: total === "*" ? null : Number(total) };
    return "another file";
  }
  if (status === 416) return "another file";
  if (status === 429 || status >= 500) throw new Error(`the server answered ${status}`);
  if (status === 401 || status === 403) {
    const advice =
      tokenName === undefined ? "get the file by hand and give it to facebridge data import" : `set ${tokenName} to an access token`;
    throw new DataError(`fetchPart: ${shown} is not open to all (${status}); accept its terms there, then ${advice}`);
  }
  throw new DataError(`fetchPart: ${shown} answered ${status}; get the file elsewhere and give it to facebridge data import`);
}

async function checkSize({ start, total }: Body, file: string, { bytes, sizeLimit }: FetchPartOptions): Promise<void> {
  if (bytes !== null && total !== null && total !== bytes) {
    throw new DataError(`fetchPart: ${path.basename(file)} is ${total} bytes there and its manifest says ${bytes}; nothing was fetched`);
  }
  if (bytes === null && total !== null && total > sizeLimit) throw new DataError(beyond(file, total, sizeLimit));
  const { bavail, bsize } = await statfs(path.dirname(file));
  const left = (bytes ?? total ?? 0) - start;
  if (left > bavail * bsize) {
    throw new DataError(
      `fetchPart: ${formatBytes(left)} are to come and the disk of ${path.dirname(file)} has ${formatBytes(bavail * bsize)}; make room`,
    );
  }
}

async function writeBody(
  body: AsyncIterable<Uint8Array>,
  file: string,
  start: number,
  { bytes, sizeLimit }: FetchPartOptions,
  progress: Progress,
): Promise<number> {
  const handle = await open(file, start > 0 ? "r+" : "w");
  let at = start;
  try {
    for await (const chunk of body) {
      if (bytes !== null && at + chunk.length > bytes) {
        throw new DataError(`fetchPart: ${path.basename(file)} is more than the ${bytes} bytes of its manifest; the part was not kept`);
      }
      if (bytes === null && at + chunk.length > sizeLimit) throw new DataError(beyond(file, at + chunk.length, sizeLimit));
      await handle.write(chunk, 0, chunk.length, at);
      at += chunk.length;
      progress.update(at);
    }
    await handle.sync();
  } catch (error) {
    if (error instanceof DataError) await rm(file, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  return at;
}

function beyond(file: string, count: number, limit: number): string {
  return `fetchPart: ${path.basename(file)} is ${formatBytes(count)} or more, its manifest says no size, and the limit is ${formatBytes(limit)}; raise it with --max-gib`;
}

async function readPart(file: string): Promise<Part | null> {
  const text = await readFile(`${file}.json`, "utf8").catch(() => null);
  try {
    return text === null ? null : (JSON.parse(text) as Part);
  } catch {
    return null; // cut off while it was written
  }
}
