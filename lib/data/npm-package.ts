import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { DataError } from "../core/errors.js";
import type { NpmOrigin } from "./download-manifest.js";
import { unpackTar } from "./unpack-tar.js";

/** A package's files, unpacked in a folder of their own. */
export interface UnpackedPackage {
  readonly folder: string;
  remove(): Promise<void>;
}

const run = promisify(execFile);

/**
 * Have the machine's npm client fetch a package, with its registry, proxy and access, and unpack the files that are wanted. No script of the
 * package runs, and nothing is installed.
 *
 * @param files inside the package.
 * @param parent where the folder for it is made.
 * @throws DataError when npm does not give the package, its bytes are others than `integrity` says, or it lacks a file.
 */
export async function fetchPackage(
  { package: name, version, integrity }: Omit<NpmOrigin, "file">,
  files: readonly string[],
  parent: string,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<UnpackedPackage> {
  const folder = path.join(parent, `.npm-${name.replaceAll("/", "-")}`);
  await rm(folder, { recursive: true, force: true }); // of a run that was cut off
  await mkdir(folder);
  try {
    const shell = process.platform === "win32"; // npm is a script there; name and version are checked by the schema
    const args = ["pack", `${name}@${version}`, "--ignore-scripts", "--silent", "--pack-destination", folder];
    await run("npm", args, { cwd: folder, shell, ...(signal ? { signal } : {}) }).catch((error: unknown) => {
      signal?.throwIfAborted();
      const { code, stderr } = error as { code?: unknown; stderr?: string };
      const reason =
        code === "ENOENT"
          ? "there is no npm on the path"
          : (stderr ?? "").trim().split("\n").slice(-1)[0] || `npm ended with ${String(code)}`;
      throw new DataError(
        `fetchPackage: npm did not fetch ${name}@${version} (${reason}); see that npm reaches its registry, then start again`,
      );
    });
    const archive = (await readdir(folder)).find((file) => file.endsWith(".tgz"));
    if (archive === undefined) throw new DataError(`fetchPackage: npm left no archive of ${name}@${version}; start again with another npm`);
    const file = path.join(folder, archive);
    const hash = createHash("sha512");
    await pipeline(createReadStream(file), hash);
    const actual = `sha512-${hash.digest("base64")}`;
    if (actual !== integrity) {
      throw new DataError(
        `fetchPackage: ${name}@${version} has integrity ${actual}, its manifest says ${integrity}; nothing of it was kept`,
      );
    }
    const found = await unpackTar(file, folder, { strip: 1, only: files, signal });
    const missing = files.filter((wanted) => !found.includes(wanted));
    if (missing.length > 0)
      throw new DataError(`fetchPackage: ${name}@${version} has no ${missing.join(" and no ")}; correct its manifest`);
    await rm(file);
    return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
