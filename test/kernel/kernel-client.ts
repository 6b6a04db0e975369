import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Socket } from "../../lib/kernel/sockets.js";
import { decodeMessage, encodeMessage, protocolVersion, type Content, type Frame, type Message } from "../../lib/kernel/wire.js";

export type Channel = "shell" | "control";

export interface Answer {
  readonly reply: Content;
  /** What was published for the request, states left out: type and content. */
  readonly outputs: readonly (readonly [string, Content])[];
}

/** A front-end of the kernel under test, as small as can be. */
export interface KernelClient {
  readonly process: ChildProcess;
  /** With which the connection's messages are signed. */
  readonly key: string;
  /** What was published so far, in order. */
  readonly published: readonly Message[];
  /** Send a request and give its id. */
  send(type: string, content: Content, channel?: Channel): string;
  sendFrames(frames: readonly Frame[], channel?: Channel): void;
  /** The reply to the request of that id, and what was published up to its idle state. */
  answer(id: string): Promise<Answer>;
  request(type: string, content: Content, channel?: Channel): Promise<Answer>;
  run(code: string, options?: Content): Promise<Answer>;
  /** Resolves when something published fits. */
  waitFor(fits: (message: Message) => boolean): Promise<Message>;
  /** Shut the kernel down. @returns its exit code */
  stop(): Promise<number | null>;
}

export const root: string = new URL("../../", import.meta.url).pathname;
const requireOfTslab = createRequire(createRequire(import.meta.url).resolve("tslab/dist/main.js"));
type ClientSocket = Socket & { receiveHighWaterMark: number; connect(address: string): void; subscribe(): void };

/** The text of a stream among the outputs. */
export function printed({ outputs }: Answer, name = "stdout"): string {
  return outputs.flatMap(([type, content]) => (type === "stream" && content.name === name ? [content.text as string] : [])).join("");
}

/** The value of the last statement as text. */
export function resultOf({ outputs }: Answer): unknown {
  const result = outputs.find(([type]) => type === "execute_result");
  return (result?.[1].data as Content | undefined)?.["text/plain"];
}

/** Start a kernel and connect to it. @param main the script that a kernel spec names */
export async function startKernel(main: string = path.join(root, "dist", "kernel", "main.js")): Promise<KernelClient> {
  const folder = await mkdtemp(path.join(tmpdir(), "kernel-"));
  const [shell_port, iopub_port, stdin_port, control_port, hb_port] = await freePorts(5);
  const key = randomUUID();
  const ports = { shell_port, iopub_port, stdin_port, control_port, hb_port };
  const file = path.join(folder, "connection.json");
  await writeFile(file, JSON.stringify({ transport: "tcp", ip: "127.0.0.1", key, signature_scheme: "hmac-sha256", ...ports }));
  const child = spawn(process.execPath, ["--no-warnings", main, file], {
    cwd: folder,
    env: { ...process.env, JPY_PARENT_PID: String(process.pid) },
    stdio: "ignore",
  });
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));

  const zeromq = requireOfTslab("zeromq") as Record<"Dealer" | "Subscriber", new () => ClientSocket>;
  const open = (kind: "Dealer" | "Subscriber", port: number): ClientSocket => {
    const socket = new zeromq[kind]();
    socket.linger = 0;
    socket.receiveHighWaterMark = 0;
    if (kind === "Dealer") socket.sendHighWaterMark = 0;
    socket.connect(`tcp://127.0.0.1:${port}`);
    return socket;
  };
  const sockets = { shell: open("Dealer", shell_port), control: open("Dealer", control_port), iopub: open("Subscriber", iopub_port) };
  sockets.iopub.subscribe();

  const published: Message[] = [];
  const replies = new Map<string, Content>();
  const waiting = new Set<() => void>();
  const session = randomUUID();
  const read = async (socket: ClientSocket, take: (message: Message) => void): Promise<void> => {
    for await (const frames of socket) {
      take(decodeMessage(frames, key));
      for (const wake of waiting) wake();
    }
  };
  void read(sockets.iopub, (message) => published.push(message));
  for (const channel of ["shell", "control"] as const) {
    void read(sockets[channel], ({ parent, content }) => replies.set(parent.msg_id as string, content));
  }
  const until = async <T>(find: () => T | undefined): Promise<T> => {
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          waiting.delete(wake);
          resolve();
        };
        waiting.add(wake);
      });
    }
  };

  const client: KernelClient = {
    process: child,
    key,
    published,
    send(type, content, channel = "shell") {
      const id = randomUUID();
      const header = { msg_id: id, msg_type: type, username: "test", session, date: new Date().toISOString(), version: protocolVersion };
      client.sendFrames(encodeMessage({ identities: [], header, parent: {}, metadata: {}, content }, key), channel);
      return id;
    },
    sendFrames(frames, channel = "shell") {
      void sockets[channel].send(frames);
    },
    async answer(id) {
      const own = (): Message[] => published.filter(({ parent }) => parent.msg_id === id);
      await until(() => own().find(({ content }) => content.execution_state === "idle"));
      const reply = await until(() => replies.get(id));
      const outputs = own().flatMap(({ header, content }) => (header.msg_type === "status" ? [] : [[header.msg_type, content] as const]));
      return { reply, outputs };
    },
    request: async (type, content, channel) => client.answer(client.send(type, content, channel)),
    run: async (code, options = {}) => client.request("execute_request", { code, silent: false, store_history: true, ...options }),
    waitFor: async (fits) => until(() => published.find(fits)),
    async stop() {
      if (child.exitCode === null) client.send("shutdown_request", { restart: false }, "control");
      const code = await exited;
      for (const socket of Object.values(sockets)) socket.close();
      await rm(folder, { recursive: true, force: true });
      return code;
    },
  };
  // A subscription takes a moment to reach the kernel: ask until an answer is published.
  for (;;) {
    const id = client.send("kernel_info_request", {});
    await until(() => replies.get(id));
    if (await Promise.race([client.answer(id).then(() => true), new Promise<false>((resolve) => setTimeout(resolve, 200, false))])) break;
  }
  return client;
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports: number[] = [];
  for (const server of servers) {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    ports.push((server.address() as { port: number }).port);
  }
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  return ports;
}
