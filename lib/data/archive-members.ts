import { stat } from "node:fs/promises";
import { formatBytes } from "../core/bytes.js";
import { firstLine } from "../core/error-reason.js";
import { DataError } from "../core/errors.js";
import { checkInside } from "./locate.js";

export interface UnpackOptions {
  /** Leading folders that are left out of each name; what has no more is left out whole. */
  readonly strip: number;
  /** Unpack these alone, by their names without the leading folders. @defaultValue all */
  readonly only?: readonly string[];
  /** Most bytes in all. @defaultValue 64 GiB, and 1,000 times the archive */
  readonly sizeLimit?: number;
  /** Most files and folders. @defaultValue 5,000,000 */
  readonly countLimit?: number;
  readonly signal?: AbortSignal | undefined;
}

/** What is asked of each member before a byte of it is written. */
export interface MemberCheck {
  /** Name without the leading folders; null where it is left out. @throws DataError when the archive is to be refused. */
  take(member: { readonly name: string; readonly kind: "file" | "folder" | "other"; readonly bytes: number }): string | null;
  readonly taken: readonly string[];
}

/** @param file size of which bounds what may come out of it. */
export async function checkMembers(file: string, { strip, only, sizeLimit, countLimit = 5e6 }: UnpackOptions): Promise<MemberCheck> {
  const limit = sizeLimit ?? Math.min(64 * 2 ** 30, 1000 * (await stat(file)).size);
  const taken: string[] = [];
  const seen = new Set<string>();
  let bytes = 0;
  let count = 0;
  const refuse = (what: string): DataError => refused(file, what);
  return {
    taken,
    take({ name, kind, bytes: size }): string | null {
      try {
        checkInside(name.replace(/^(\.\/)+/, "").replace(/\/$/, "") || "x", "name");
      } catch {
        throw leadsOut(file, name);
      }
      if (kind === "other") throw refuse(`holds "${name}", which is neither a file nor a folder`);
      bytes += size;
      count++;
      if (bytes > limit) throw refuse(`unpacks to more than ${formatBytes(limit)}`);
      if (count > countLimit) throw refuse(`holds more than ${countLimit} files`);
      const rest = name.split("/").filter((part) => part !== "" && part !== ".").slice(strip).join("/"); // prettier-ignore
      if (rest === "" || (only && !only.includes(rest))) return null;
      if (kind === "folder") return rest;
      if (seen.has(rest.toLowerCase())) throw refuse(`holds "${rest}" twice`);
      seen.add(rest.toLowerCase());
      taken.push(rest);
      return rest;
    },
  };
}

/** What is said of a name that leads out of the folder. */
export function leadsOut(file: string, name: string): DataError {
  return refused(file, `holds "${name}", which leads out of its folder`);
}

function refused(file: string, what: string): DataError {
  return new DataError(`unpackArchive: ${file} ${what}; it is not unpacked, so do not trust where it came from`);
}

/** What is said of an archive that cannot be read to its end. */
export function damaged(file: string, reason: unknown): DataError {
  return new DataError(`unpackArchive: ${file} cannot be read to its end (${firstLine(reason)}); get it again`);
}
