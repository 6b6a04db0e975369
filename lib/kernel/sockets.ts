import { readFileSync } from "node:fs";
import { DataError } from "../core/errors.js";
import { requireOfTslab } from "./tslab.js";
import type { Frame } from "./wire.js";

/** What a front-end says of the sockets that it will talk to. */
export interface Connection {
  readonly transport: string;
  readonly ip: string;
  readonly key: string;
  readonly shell_port: number;
  readonly iopub_port: number;
  readonly stdin_port: number;
  readonly control_port: number;
  readonly hb_port: number;
}

/** What the kernel uses of a socket of zeromq, which comes with tslab. */
export interface Socket extends AsyncIterable<Uint8Array[]> {
  bind(address: string): Promise<void>;
  send(frames: readonly Frame[]): Promise<void>;
  close(): void;
  linger: number;
  sendTimeout?: number;
  sendHighWaterMark?: number;
}

/** @throws DataError when the file is not there, or not a connection file. */
export function readConnection(path: string): Connection {
  let value: Partial<Record<keyof Connection | "signature_scheme", unknown>>;
  try {
    value = JSON.parse(readFileSync(path, "utf8")) as typeof value;
  } catch (error) {
    throw new DataError(`readConnection: ${path} cannot be read as JSON; it must be the connection file of a Jupyter front-end`, {
      cause: error,
    });
  }
  const ports = ["shell_port", "iopub_port", "stdin_port", "control_port", "hb_port"] as const;
  const wrong = [
    ...ports.filter((name) => !Number.isInteger(value[name])),
    ...(["transport", "ip", "key"] as const).filter((name) => typeof value[name] !== "string"),
  ];
  if (wrong.length > 0) throw new DataError(`readConnection: ${path} lacks ${wrong.join(", ")}; let a Jupyter front-end start the kernel`);
  if ((value.signature_scheme ?? "hmac-sha256") !== "hmac-sha256") {
    throw new DataError(`readConnection: got signature_scheme ${String(value.signature_scheme)}; the kernel signs with hmac-sha256`);
  }
  return value as Connection;
}

/** Open a socket of one kind and listen on a port of the connection. Nothing that is sent is dropped for being much. */
export async function openSocket(kind: "Publisher" | "Router" | "Reply", connection: Connection, port: number): Promise<Socket> {
  const zeromq = requireOfTslab("openSocket")("zeromq") as Readonly<Record<typeof kind, new () => Socket>>;
  const socket = new zeromq[kind]();
  socket.linger = 300;
  if (kind !== "Reply") {
    // After 512 synchronous sends zeromq makes the next one wait and refuses those that follow, unless it need not wait.
    socket.sendTimeout = 0;
    socket.sendHighWaterMark = 0;
  }
  const { transport, ip } = connection;
  await socket.bind(transport === "ipc" ? `ipc://${ip}-${port}` : `${transport}://${ip}:${port}`);
  return socket;
}
