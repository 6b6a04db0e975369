import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** How a path answers. */
export interface Served {
  readonly bytes?: Uint8Array;
  /** @defaultValue true */
  readonly ranges?: boolean;
  /** @defaultValue `"1"`; null sends none */
  readonly etag?: string | null;
  /** The connection is cut after so many bytes, in this many answers. */
  readonly cut?: { readonly after: number; times: number };
  readonly redirect?: string;
  readonly status?: number;
  /** Said instead of the true length; null says none. */
  readonly contentLength?: number | null;
  /** Pause after each chunk, and its size. */
  readonly trickle?: { readonly chunk: number; readonly pauseMs: number };
  /** After so many bytes nothing more is said. */
  readonly stallAfter?: number;
}

export interface FileServer {
  readonly url: string;
  /** `GET path range authorization`, as they came. */
  readonly requests: { readonly path: string; readonly range: string | undefined; readonly authorization: string | undefined }[];
}

/** A server on 127.0.0.1 until the test ends. */
export async function serveFiles(paths: Readonly<Record<string, Served>>): Promise<FileServer> {
  const requests: FileServer["requests"] = [];
  const server = createServer((request, response) => {
    const { url = "/", headers } = request;
    requests.push({ path: url, range: headers.range, authorization: headers.authorization });
    void answer(request, response, (paths as Readonly<Record<string, Served | undefined>>)[url.split("?")[0]]).catch(() =>
      response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

async function answer(request: IncomingMessage, response: ServerResponse, served: Served | undefined): Promise<void> {
  if (served === undefined || served.status !== undefined) {
    response.writeHead(served?.status ?? 404).end();
    return;
  }
  const { bytes = new Uint8Array(), ranges = true, etag = '"1"', cut, redirect, contentLength, trickle, stallAfter = Infinity } = served;
  if (redirect !== undefined) {
    response.writeHead(302, { location: redirect }).end();
    return;
  }
  const asked = ranges ? Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0) : 0;
  const condition = request.headers["if-range"];
  const start = condition === undefined || condition === etag ? asked : 0;
  if (start > 0 && start >= bytes.length) {
    response.writeHead(416).end();
    return;
  }
  response.writeHead(start > 0 ? 206 : 200, {
    ...(contentLength === null ? {} : { "content-length": contentLength ?? bytes.length - start }),
    ...(etag === null ? {} : { etag }),
    ...(start > 0 ? { "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}` } : {}),
  });
  const step = trickle?.chunk ?? 65_536;
  for (let at = start; at < bytes.length; at += step) {
    if (at >= stallAfter) return;
    response.write(bytes.subarray(at, at + step));
    if (cut && cut.times > 0 && at + step - start >= cut.after) {
      cut.times--;
      await new Promise((resolve) => setTimeout(resolve, 20)); // what was written goes out
      response.destroy();
      return;
    }
    if (trickle) await new Promise((resolve) => setTimeout(resolve, trickle.pauseMs));
    if (response.destroyed) return;
  }
  response.end();
}
