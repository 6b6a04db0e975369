import { Server, type AddressInfo } from "node:net";
import type { Layout, Plot } from "nodeplotlib";

/** A window that is open: the address it shows, and how to stop serving it. */
export interface View {
  readonly url: string;
  close(): Promise<void>;
}

type Listen = (this: Server, ...all: unknown[]) => Server;

/**
 * Open a 3-D figure in the browser through nodeplotlib's window.
 *
 * What is served: nodeplotlib's page, and the figure's points, labels and notes. To whom: programs on this machine, because
 * the server is held to 127.0.0.1; by itself nodeplotlib listens on every interface. The page asks a CDN for Plotly, which
 * sees that a page was opened and none of its data. Serving ends when the window closes.
 */
export async function viewFigure(data: readonly Plot[], layout: Layout): Promise<View> {
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const listen = Server.prototype.listen as Listen;
  const { promise, resolve } = withResolver<Server>();
  Server.prototype.listen = function listenLocally(this: Server, port: unknown) {
    this.once("listening", () => { resolve(this); }); // prettier-ignore
    return listen.call(this, { port: typeof port === "number" ? port : 0, host: "127.0.0.1" });
  } as Server["listen"];
  try {
    const { plot } = await import("nodeplotlib");
    plot([...data], layout);
    const server = await promise;
    const { port } = server.address() as AddressInfo;
    return {
      url: `http://localhost:${port}`,
      close: () => new Promise((done) => server.close(() => { done(); })), // prettier-ignore
    };
  } finally {
    Server.prototype.listen = listen as Server["listen"];
  }
}

function withResolver<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}
