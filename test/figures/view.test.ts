import { request } from "node:http";
import { Server } from "node:net";
import { expect, test, vi } from "vitest";
import { viewFigure } from "../../lib/cli/view.js";
import { drawCloud3d } from "../../lib/figures/index.js";

test("serves a 3-D figure to this machine alone, without a word of its server's, and leaves other servers as they were", async () => {
  const written: string[] = [];
  const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => written.push(text.toString()) > 0);
  const print = vi.spyOn(console, "log").mockImplementation((...all) => void written.push(all.join(" ")));
  process.env.NODEPLOTLIB_PORT = "0"; // nodeplotlib opens no browser then
  const listen = Object.getOwnPropertyDescriptor(Server.prototype, "listen")?.value as unknown;
  const { data, layout } = drawCloud3d([{ x: 1, y: 2, z: 3, label: "target" }]);
  const view = await viewFigure(data, layout);
  try {
    expect(await viewFigure(data, layout)).toBe(view);
    expect(view.address).toBe("127.0.0.1");
    expect(Object.getOwnPropertyDescriptor(Server.prototype, "listen")?.value).toBe(listen);
    const status = await new Promise((resolve, reject) => {
      request({ host: view.address, port: view.port, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on("error", reject)
        .end();
    });
    expect(status).toBe(200);
    // eslint-disable-next-line no-console -- what others print is still printed
    console.log("[Other] line");
    expect(written).toEqual(["[Other] line"]);
  } finally {
    await view.close();
    print.mockRestore();
    write.mockRestore();
  }
});
