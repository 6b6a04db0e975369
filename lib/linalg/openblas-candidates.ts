import { existsSync, readdirSync, realpathSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** A file that may be OpenBLAS. */
export interface Candidate {
  readonly origin: "FACEBRIDGE_OPENBLAS" | ".venv" | "system" | "Accelerate";
  readonly file: string;
}

export interface CandidateSearch {
  /** @defaultValue the process's environment */
  readonly environment?: NodeJS.ProcessEnv;
  /** Folder of the Python environment. @defaultValue `.venv` of this project */
  readonly pythonFolder?: string;
  /** Files where systems keep the library. @defaultValue those of this platform */
  readonly systemFiles?: readonly string[];
}

const ownPythonFolder = fileURLToPath(new URL("../../.venv", import.meta.url));

/** Where wheels keep the library inside site-packages, those that hold nothing else first. */
const wheelFolders = [
  ["scipy_openblas64", "lib"],
  ["scipy_openblas32", "lib"],
  ["numpy.libs"],
  ["scipy.libs"],
  ["numpy", ".dylibs"],
  ["scipy", ".dylibs"],
].map((parts) => path.join(...parts));

const libraryName = /^lib(scipy_)?openblas.*\.(so|dylib|dll)(\.\d+)*$/;

/** A framework that macOS keeps in its cache of libraries: there is no such file. */
const accelerate = "/System/Library/Frameworks/Accelerate.framework/Accelerate";

/**
 * Files that may be OpenBLAS, in the order they are tried. What FACEBRIDGE_OPENBLAS names is the only one where it is set;
 * else the project's .venv (wheels scipy-openblas64, scipy-openblas32, numpy, scipy), the system's, and macOS's Accelerate.
 */
export function findCandidates({
  environment = process.env,
  pythonFolder = ownPythonFolder,
  systemFiles = systemFilesOf(process.platform, process.arch),
}: CandidateSearch = {}): Candidate[] {
  const named = environment.FACEBRIDGE_OPENBLAS;
  if (named !== undefined && named !== "") return [{ origin: "FACEBRIDGE_OPENBLAS", file: path.resolve(named) }];

  const wheels = sitePackagesOf(pythonFolder)
    .flatMap((folder) => wheelFolders.map((wheel) => path.join(folder, wheel)))
    .flatMap((folder) => filesIn(folder).map((name): Candidate => ({ origin: ".venv", file: path.join(folder, name) })));
  const system = systemFiles
    .filter((file) => file === accelerate || existsSync(file))
    .map((file): Candidate => ({ origin: file === accelerate ? "Accelerate" : "system", file }));
  const seen = new Set<string>();
  return [...wheels, ...system].filter(({ file }) => {
    const real = existsSync(file) ? realpathSync(file) : file;
    const isNew = !seen.has(real);
    seen.add(real);
    return isNew;
  });
}

/** Where the packages of Debian, Fedora, Arch, Alpine and Homebrew put it. */
export function systemFilesOf(platform: NodeJS.Platform, architecture: string): string[] {
  if (platform === "darwin") {
    return [...["/opt/homebrew", "/usr/local"].map((root) => `${root}/opt/openblas/lib/libopenblas.dylib`), accelerate];
  }
  if (platform !== "linux") return [];
  const triplet = `/usr/lib/${architecture === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`;
  return [
    ...["openblas-pthread", "openblas-openmp", "openblas-serial", "openblas64-pthread"].flatMap((folder) =>
      ["libopenblas.so.0", "libopenblas64.so.0"].map((name) => `${triplet}/${folder}/${name}`),
    ),
    `${triplet}/libopenblas.so.0`,
    ...["libopenblasp.so.0", "libopenblas.so.0"].map((name) => `/usr/lib64/${name}`),
    ...["libopenblas.so.0", "libopenblas.so.3", "libopenblas.so"].map((name) => `/usr/lib/${name}`),
  ];
}

function sitePackagesOf(pythonFolder: string): string[] {
  const versions = namesIn(path.join(pythonFolder, "lib")).filter((name) => name.startsWith("python3"));
  return [
    ...versions.sort().map((version) => path.join(pythonFolder, "lib", version, "site-packages")),
    path.join(pythonFolder, "Lib", "site-packages"),
  ];
}

function filesIn(folder: string): string[] {
  return namesIn(folder)
    .filter((name) => libraryName.test(name))
    .sort();
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
