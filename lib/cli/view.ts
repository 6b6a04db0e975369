import { Server, type AddressInfo } from "node:net";
import type { Layout, Plot } from "nodeplotlib";
import { createRandom } from "../core/index.js";
import { drawCloud3d } from "../figures/index.js";
import { mapCloud, measurePicture } from "../geometry/index.js";
import { openStudy, testClouds, type TestCloudsSpec } from "../study/index.js";
import { quietNodeplotlib } from "./quiet-nodeplotlib.js";
import { interruptSignal, say } from "./terminal.js";

/** `facebridge view clouds`: test people in source, mapped source and target, by UMAP in three dimensions. */
export async function viewCloudsCommand(spec: TestCloudsSpec): Promise<void> {
  quietNodeplotlib(); // what is not installed is told before anything is computed
  const signal = interruptSignal();
  const study = await openStudy({ signal });
  const clouds = await testClouds(spec, study);
  const { engine } = study;
  const picture = await mapCloud(clouds.points, { dimensions: 3, random: createRandom(spec.seed), engine, signal });
  const { data } = picture;
  const neighbours = Math.min(10, Math.ceil(picture.rows / 2) - 1);
  const quality = await measurePicture(clouds.points, picture, { neighbours, engine, signal });
  const points = clouds.labels.map(({ cloud, identity }, i) => ({
    x: data[3 * i],
    y: data[3 * i + 1],
    z: data[3 * i + 2],
    label: cloud,
    note: identity,
  }));
  const figure = drawCloud3d(points, { title: `${spec.source} → ${spec.target}, ${spec.map}, ${spec.people} people`, quality });
  const { url } = await viewFigure(figure.data, figure.layout);
  signal.addEventListener("abort", () => process.exit(0));
  say(`the figure is at ${url} for this machine alone, until its window closes or Ctrl-C; its page gets Plotly from a CDN`);
}

/** A window that is open: the address it shows, and how to stop serving it. */
export interface View {
  readonly url: string;
  /** What the server is bound to. */
  readonly address: string;
  readonly port: number;
  close(): Promise<void>;
}

let openView: View | null = null;

/**
 * Open a 3-D figure in the browser through nodeplotlib's window; a figure that follows joins the window that is open.
 *
 * What is served: nodeplotlib's page, and the figure's points, labels and notes. To whom: programs on this machine, because
 * the server is held to 127.0.0.1; by itself nodeplotlib listens on every interface. The page asks a CDN for Plotly, which
 * sees that a page was opened and none of its data. Serving ends when the window closes.
 *
 * @throws DataError when nodeplotlib is not installed. @throws the platform's error when nothing can listen on 127.0.0.1.
 */
export async function viewFigure(data: readonly Plot[], layout: Layout): Promise<View> {
  quietNodeplotlib();
  const { plot } = await import("nodeplotlib");
  if (openView) {
    plot([...data], layout);
    return openView;
  }
  const server = await withLocalListen(() => { plot([...data], layout); }); // prettier-ignore
  server.once("close", () => (openView = null));
  const { address, port } = server.address() as AddressInfo;
  openView = {
    url: `http://${address}:${port}`,
    address,
    port,
    close: () => new Promise((done) => server.close(() => { done(); })), // prettier-ignore
  };
  return openView;
}

type Listen = (this: Server, ...all: unknown[]) => Server;

/** The server that listens next, on 127.0.0.1 whatever it asked for. */
async function withLocalListen(start: () => void): Promise<Server> {
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const listen = Server.prototype.listen as Listen;
  try {
    return await new Promise((resolve, reject) => {
      Server.prototype.listen = function listenLocally(this: Server, port: unknown) {
        this.once("listening", () => { resolve(this); }).once("error", reject); // prettier-ignore
        return listen.call(this, { port: typeof port === "number" ? port : 0, host: "127.0.0.1" });
      } as Server["listen"];
      start();
    });
  } finally {
    Server.prototype.listen = listen as Server["listen"];
  }
}
