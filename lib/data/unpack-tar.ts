import { once } from "node:events";
import { createReadStream } from "node:fs";
import { Unpack } from "tar";
import { DataError } from "../core/errors.js";
import { checkMembers, damaged, type UnpackOptions } from "./archive-members.js";

/** Unpack a tar file, compressed or not: see `unpackArchive`. */
export async function unpackTar(file: string, folder: string, options: UnpackOptions): Promise<string[]> {
  const { signal, strip } = options;
  const check = await checkMembers(file, options);
  let refusal: unknown = null;
  const unpack = new Unpack({
    cwd: folder,
    strip,
    strict: true,
    preserveOwner: false,
    noMtime: true,
    maxDepth: 64,
    filter: (name, entry) => {
      if (refusal !== null) return false;
      const { type, size } = entry as { type: string; size: number };
      const kind = type === "File" || type === "OldFile" ? "file" : type === "Directory" ? "folder" : "other";
      try {
        return check.take({ name, kind, bytes: size }) !== null;
      } catch (error) {
        refusal = error;
        return false;
      }
    },
  });
  unpack.on("error", (error: unknown) => (refusal ??= error));
  const closed = once(unpack, "close").catch(() => undefined);
  try {
    for await (const chunk of createReadStream(file)) {
      signal?.throwIfAborted();
      if (refusal !== null) break; // what is left is not read
      if (!unpack.write(chunk as Uint8Array)) await Promise.race([once(unpack, "drain"), closed]).catch(() => undefined);
    }
    unpack.end();
    await closed;
  } catch (error) {
    signal?.throwIfAborted();
    refusal ??= error;
  }
  if (refusal instanceof DataError) throw refusal;
  if (refusal !== null) throw damaged(file, refusal);
  if (check.taken.length === 0 && options.only === undefined) throw damaged(file, "it holds no file");
  return [...check.taken];
}
