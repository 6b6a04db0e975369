import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Entry, openPromise, type ZipFile } from "yauzl";
import { DataError } from "../core/errors.js";
import { checkMembers, damaged, leadsOut, type UnpackOptions } from "./archive-members.js";

/** What the reader itself says of a name that leads out. */
const badName = /^(?:invalid relative path|absolute path|invalid characters in fileName): (.*)$/;

/** Unpack a zip file: see `unpackArchive`. The reader itself holds each member to the size that the directory states. */
export async function unpackZip(file: string, folder: string, options: UnpackOptions): Promise<string[]> {
  const { signal } = options;
  const check = await checkMembers(file, options);
  let zip: ZipFile | undefined;
  try {
    zip = await openPromise(file, { lazyEntries: true, autoClose: false, strictFileNames: false });
    for await (const entry of zip.eachEntry()) {
      signal?.throwIfAborted();
      const name = check.take({ name: entry.fileName, kind: kindOf(entry), bytes: entry.uncompressedSize });
      if (name === null) continue;
      const to = path.join(folder, name);
      if (kindOf(entry) === "folder") {
        await mkdir(to, { recursive: true });
        continue;
      }
      await mkdir(path.dirname(to), { recursive: true });
      const bytes: Readable = await zip.openReadStreamPromise(entry);
      await pipeline(bytes, createWriteStream(to, { flags: "wx" }), ...(signal ? [{ signal }] : []));
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof DataError) throw error;
    const name = badName.exec(error instanceof Error ? error.message : "")?.[1];
    throw name === undefined ? damaged(file, error) : leadsOut(file, name);
  } finally {
    zip?.close();
  }
  if (check.taken.length === 0) throw damaged(file, "it holds no file");
  return [...check.taken];
}

/** By the UNIX file type, where the archive gives one. */
function kindOf({ fileName, externalFileAttributes, versionMadeBy }: Entry): "file" | "folder" | "other" {
  const type = versionMadeBy >> 8 === 3 ? (externalFileAttributes >>> 16) & 0o170000 : 0;
  if (fileName.endsWith("/")) return "folder";
  return type === 0 || type === 0o100000 ? "file" : "other";
}
