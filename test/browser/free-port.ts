import { createServer, type Server } from "node:net";

export interface BusyPort {
  readonly port: number;
  free(): Promise<void>;
}

/** A port that is taken until it is freed, and after which another is free. */
export async function takePort(): Promise<BusyPort> {
  for (;;) {
    const first = await listen(0);
    const { port } = first.address() as { port: number };
    const next = await listen(port + 1).catch(() => null);
    if (next === null) {
      await close(first);
      continue;
    }
    await close(next);
    return { port, free: () => close(first) };
  }
}

const listen = (port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject).listen(port, "127.0.0.1", () => {
      resolve(server);
    });
  });

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
