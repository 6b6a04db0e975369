import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import process from "node:process";
import { expect, onTestFinished, test } from "vitest";
import { DataError } from "../../lib/core/errors.js";
import { checkAddress, guardedLookup, isPrivateAddress, withoutSecrets } from "../../lib/data/web-address.js";
import { createWebClient } from "../../lib/data/web-client.js";
import { serveFiles } from "./file-server.js";

test.each([
  "127.0.0.1",
  "10.0.0.1",
  "172.31.255.255",
  "192.168.0.1",
  "169.254.169.254",
  "100.64.0.1",
  "0.0.0.0",
  "::1",
  "fe80::1",
  "fd00::1",
  "::ffff:10.0.0.1",
  "no address",
])("%s is private", (address) => {
  expect(isPrivateAddress(address)).toBe(true);
});

test.each(["1.1.1.1", "172.32.0.1", "192.169.0.1", "2606:4700::1111"])("%s is not private", (address) => {
  expect(isPrivateAddress(address)).toBe(false);
});

test("numbers that browsers take for this machine are taken for it, too", () => {
  for (const host of ["2130706433", "0x7f.1", "127.1", "[::ffff:127.0.0.1]"]) {
    expect(() => checkAddress(`http://${host}/`, { allowPrivate: false }), host).toThrow(
      "nothing is fetched from there unless --allow-private says so",
    );
  }
  expect(() => checkAddress("no address", { allowPrivate: true })).toThrow(
    'checkAddress: "no address" is no address; give one that starts with https://',
  );
});

test("a name that leads to this machine is refused when it is resolved", async () => {
  const error = await new Promise<Error | null>((resolve) => {
    guardedLookup("localhost", {}, resolve);
  });
  expect(error).toBeInstanceOf(DataError);
  expect(error!.message).toMatch(/^checkAddress: localhost \((127.0.0.1|::1)\) is on this machine/);
});

test("addresses are shown without user, query and fragment", () => {
  expect(withoutSecrets(new URL("https://user:password@example.org/a/b?token=x#y"))).toBe("https://example.org/a/b");
});

test("a redirect to a file, or from https to http, is not followed", async () => {
  const { url } = await serveFiles({ "/out": { redirect: "file:///etc/passwd" } });
  const client = createWebClient({ allowPrivate: true });
  onTestFinished(() => client.close());
  await expect(client.get(`${url}/out`)).rejects.toThrow(
    "leads to file:///etc/passwd, which is less safe; it is not followed, so correct the address",
  );
});

test("a token is not sent over http where only public addresses are fetched", async () => {
  const client = createWebClient();
  onTestFinished(() => client.close());
  await expect(client.get("http://example.org/x", { token: "secret" })).rejects.toThrow(
    "http://example.org/x is not https:, and a token would be read on the way",
  );
});

test("fetches through the proxy that the environment names", async () => {
  const { url, requests } = await serveFiles({ "/net.onnx": { bytes: Buffer.from("abc") } });
  const asked: string[] = [];
  const proxy = createServer();
  proxy.on("connect", (request: IncomingMessage, socket: Socket) => {
    asked.push(request.url!);
    const [host, port] = request.url!.split(":");
    const onward = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      socket.pipe(onward).pipe(socket);
    });
    onward.on("error", () => socket.destroy());
    socket.on("error", () => onward.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const before = process.env.HTTP_PROXY;
  process.env.HTTP_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  onTestFinished(() => {
    if (before === undefined) delete process.env.HTTP_PROXY;
    else process.env.HTTP_PROXY = before;
    proxy.closeAllConnections();
    proxy.close();
  });
  const client = createWebClient({ allowPrivate: true });
  const { status, body } = await client.get(`${url}/net.onnx`);
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  await client.close();
  expect([status, Buffer.concat(chunks).toString()]).toEqual([200, "abc"]);
  expect(asked).toEqual([new URL(url).host]);
  expect(requests).toHaveLength(1);
});
