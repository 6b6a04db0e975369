import { createRequire } from "node:module";
import { DataError } from "./errors.js";

/** What notebooks, the 3-D window and GPUs need, and nobody who imports the library alone: optional peers of the published package. */
export const optionalPackages = ["@tensorflow/tfjs-node-gpu", "danfojs-node", "nodeplotlib", "tslab"] as const;

export type OptionalPackage = (typeof optionalPackages)[number];

type Versions = Readonly<Record<string, string>>;
const { dependencies, peerDependencies } = createRequire(import.meta.url)("../../package.json") as {
  readonly dependencies: Versions;
  readonly peerDependencies?: Versions;
};

/** Of an error from loading `name`: where it says that the package is not there, a DataError for `caller` that says how to install it; else itself. */
export function explainAbsence(error: unknown, name: OptionalPackage, caller: string): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  const isAbsent = (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND") && message.includes(`'${name}`);
  if (!isAbsent) return error as Error;
  const version = { ...dependencies, ...peerDependencies }[name];
  return new DataError(`${caller}: the package ${name} is not installed; run: npm install ${name}@${version}`, { cause: error });
}
