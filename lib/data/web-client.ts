import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Agent, EnvHttpProxyAgent, request } from "undici";
import { DataError } from "../core/errors.js";
import { checkAddress, guardedLookup, withoutSecrets } from "./web-address.js";

/** The start of an answer; its bytes are read from `body`. */
export interface WebAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: AsyncIterable<Uint8Array>;
  /** Do without the rest. */
  discard(): Promise<void>;
}

export interface WebClient {
  /**
   * Ask for an address, redirects followed. `token` goes to the host that was asked for, and to no other.
   *
   * @throws DataError when an address on the way may not be fetched.
   */
  get(address: string, options?: GetOptions): Promise<WebAnswer>;
  close(): Promise<void>;
}

export interface GetOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface WebClientOptions {
  /** Also fetch from this machine and its network, and from file: addresses. @defaultValue false */
  readonly allowPrivate?: boolean;
  /** A server that says nothing for so long is given up. @defaultValue 60,000 */
  readonly stallMs?: number;
}

const maxRedirects = 8;

/** Fetches through the proxy that HTTP_PROXY, HTTPS_PROXY and NO_PROXY name, and directly where they name none. */
export function createWebClient({ allowPrivate = false, stallMs = 60_000 }: WebClientOptions = {}): WebClient {
  const connect = allowPrivate ? {} : { lookup: guardedLookup };
  const settings = { connect: { timeout: stallMs, ...connect }, headersTimeout: stallMs, bodyTimeout: stallMs };
  const proxies = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"].some((name) => process.env[name]);
  const dispatcher = proxies ? new EnvHttpProxyAgent(settings) : new Agent(settings);
  return {
    async get(address, { headers = {}, token, signal } = {}): Promise<WebAnswer> {
      let url = checkAddress(address, { allowPrivate });
      const { host } = url;
      for (let hops = 0; hops <= maxRedirects; hops++) {
        if (url.protocol === "file:") return readLocal(url, headers, signal);
        const authorization: Record<string, string> = token && url.host === host ? { authorization: `Bearer ${token}` } : {};
        if (token && url.protocol === "http:" && !allowPrivate) {
          throw new DataError(
            `createWebClient: ${withoutSecrets(url)} is not https:, and a token would be read on the way; correct the address`,
          );
        }
        const answer = await request(url, {
          dispatcher,
          headers: { "accept-encoding": "identity", "user-agent": "facebridge", ...headers, ...authorization },
          ...(signal ? { signal } : {}),
        });
        const fields = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, value?.toString()]));
        const discard = async (): Promise<void> => {
          answer.body.on("error", () => undefined).destroy();
          await Promise.resolve();
        };
        const next = [301, 302, 303, 307, 308].includes(answer.statusCode) ? fields.location : undefined;
        if (next === undefined) return { status: answer.statusCode, headers: fields, body: answer.body, discard };
        await discard();
        const to = checkAddress(new URL(next, url).href, { allowPrivate });
        if (to.protocol === "file:" || (url.protocol === "https:" && to.protocol !== "https:")) {
          throw new DataError(
            `createWebClient: ${withoutSecrets(url)} leads to ${withoutSecrets(to)}, which is less safe; it is not followed, so correct the address`,
          );
        }
        url = to;
      }
      throw new DataError(`createWebClient: ${address} leads on more than ${maxRedirects} times; correct the address`);
    },
    close: () => dispatcher.destroy(),
  };
}

/** A file as a server would give it. */
async function readLocal(
  url: URL,
  headers: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal | undefined,
): Promise<WebAnswer> {
  const found = await stat(url).catch(() => null);
  if (!found?.isFile()) throw new DataError(`createWebClient: no file ${url.href}; correct the address`);
  const etag = `"${found.size}-${found.mtimeMs}"`;
  const asked = Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0);
  const start = headers["if-range"] === undefined || headers["if-range"] === etag ? asked : 0;
  if (start >= found.size && start > 0) return { status: 416, headers: {}, body: nothing(), discard: () => Promise.resolve() };
  const body = createReadStream(url, { start, ...(signal ? { signal } : {}) });
  const length = { etag, "content-length": String(found.size - start) };
  const fields = start > 0 ? { ...length, "content-range": `bytes ${start}-${found.size - 1}/${found.size}` } : length;
  return {
    status: start > 0 ? 206 : 200,
    headers: fields,
    body,
    discard: () => {
      body.destroy();
      return Promise.resolve();
    },
  };
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // no byte
}
