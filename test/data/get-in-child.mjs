// Fetch one file in a process of its own, which a test may kill: get-in-child.mjs <url> <data folder> <sha256 or -> <bytes or ->
import process from "node:process";
import { getData } from "../../dist/data/index.js";

const [url, dataFolder, sha256, bytes] = process.argv.slice(2);
const file = {
  path: "encoders/net.onnx",
  from: { url },
  bytes: bytes === "-" ? null : Number(bytes),
  sha256: sha256 === "-" ? null : sha256,
  unpack: null,
};
const network = { id: "net", kind: "network", licence: { name: "MIT", restricted: false }, files: [file] };
const quiet = { update: () => undefined, end: () => undefined };
await getData([network], { dataFolder, allowPrivate: true, say: () => undefined, startProgress: () => quiet });
