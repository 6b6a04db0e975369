import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { DataError } from "../core/errors.js";

export interface Header {
  readonly msg_id: string;
  readonly msg_type: string;
  readonly username: string;
  readonly session: string;
  readonly date: string;
  readonly version: string;
}

export type Content = Readonly<Record<string, unknown>>;

/** A message of Jupyter's protocol. */
export interface Message {
  /** Whom it comes from or goes to, as the router of the socket knows them. */
  readonly identities: readonly Uint8Array[];
  readonly header: Header;
  /** Header of the request that it answers; empty for a request. */
  readonly parent: Content;
  readonly metadata: Content;
  readonly content: Content;
}

/** The version that the kernel speaks. */
export const protocolVersion = "5.3";

const delimiter = "<IDS|MSG>";
const delimiterBytes = Buffer.from(delimiter);

/**
 * Read the frames of a message.
 *
 * @param key of the connection; an empty one means that nobody signs.
 * @throws DataError when a frame is missing, the signature is wrong, or a part is not a JSON object; nothing is parsed
 * before its signature is right.
 */
export function decodeMessage(frames: readonly Uint8Array[], key: string): Message {
  const buffers = frames.map((frame) => Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength));
  const at = buffers.findIndex((frame) => frame.equals(delimiterBytes));
  const parts = buffers.slice(at + 2, at + 6);
  if (at < 0 || parts.length < 4) {
    throw new DataError(`decodeMessage: got ${frames.length} frames; a message has <IDS|MSG>, a signature and four parts`);
  }
  if (key !== "" && !isEqual(buffers[at + 1], sign(parts, key))) {
    throw new DataError("decodeMessage: the signature is wrong; sender and kernel must use the key of one connection file");
  }
  const [header, parent, metadata, content] = parts.map(parseRecord);
  if (typeof header.msg_type !== "string" || typeof header.msg_id !== "string") {
    throw new DataError("decodeMessage: the header has no msg_type or no msg_id; both must be text");
  }
  return { identities: buffers.slice(0, at), header: header as unknown as Header, parent, metadata, content };
}

/** What goes over a socket: bytes, or text that is sent as UTF-8. */
export type Frame = Uint8Array | string;

/**
 * The frames of a message. All that can be long is text: zeromq gives the memory of long bytes back through the thread that
 * sent them, and when that thread has ended before the bytes have left, it writes where nothing is any more.
 *
 * @throws TypeError when its content is none of JSON's.
 */
export function encodeMessage({ identities, header, parent, metadata, content }: Message, key: string): Frame[] {
  const parts = [header, parent, metadata, content].map((part) => JSON.stringify(part));
  return [...identities, delimiter, key === "" ? "" : sign(parts, key), ...parts];
}

/** A message that belongs to `request`, addressed to its sender. */
export function replyTo(request: Message, type: string, content: Content): Message {
  const { session, username } = request.header;
  return {
    identities: request.identities,
    header: makeHeader(type, session, username),
    parent: { ...request.header },
    metadata: {},
    content,
  };
}

/** A message that nobody asked for. */
export function announcement(type: string, content: Content): Message {
  return { identities: [], header: makeHeader(type, randomUUID(), "kernel"), parent: {}, metadata: {}, content };
}

function makeHeader(type: string, session: string, username: string): Header {
  return { msg_id: randomUUID(), msg_type: type, username, session, date: new Date().toISOString(), version: protocolVersion };
}

function sign(parts: readonly Frame[], key: string): string {
  const hash = createHmac("sha256", key);
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

function isEqual(given: Buffer, wanted: string): boolean {
  return given.length === wanted.length && timingSafeEqual(given, Buffer.from(wanted));
}

function parseRecord(part: Buffer): Content {
  let value: unknown;
  try {
    value = JSON.parse(part.toString());
  } catch (error) {
    throw new DataError(`decodeMessage: a part is not JSON (${(error as Error).message})`, { cause: error });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new DataError("decodeMessage: a part is not a JSON object");
  }
  return value as Content;
}
