import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { findCandidates, systemFilesOf } from "../../lib/linalg/openblas-candidates.js";
import { temporaryFolder } from "../temporary-folder.js";

function touch(...parts: readonly string[]): string {
  const file = path.join(...parts);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, "");
  return file;
}

describe("findCandidates", () => {
  it("takes what FACEBRIDGE_OPENBLAS names, and nothing else", async () => {
    const environment = { FACEBRIDGE_OPENBLAS: "/opt/libopenblas.so" };
    const system = touch(await temporaryFolder(), "libopenblas.so.0");
    expect(findCandidates({ environment, systemFiles: [system] })).toEqual([
      { origin: "FACEBRIDGE_OPENBLAS", file: path.resolve("/opt/libopenblas.so") },
    ]);
  });

  it("finds the libraries of Python wheels, those that hold nothing else first, then the system's, each once", async () => {
    const folder = await temporaryFolder();
    const packages = path.join(folder, "lib", "python3.12", "site-packages");
    const scipy = touch(packages, "scipy.libs", "libscipy_openblas-6cdc3b4a.so");
    const numpy = touch(packages, "numpy.libs", "libscipy_openblas64_-32a4b2a6.so");
    const alone = touch(packages, "scipy_openblas64", "lib", "libscipy_openblas64_.so");
    touch(packages, "numpy.libs", "libgfortran.so.5");
    touch(packages, "scipy_openblas64", "lib", "libscipy_openblas64_.a");
    const system = touch(folder, "system", "libopenblasp-r0.3.21.so");
    const link = path.join(folder, "system", "libopenblas.so.0");
    symlinkSync(system, link);
    const found = findCandidates({
      environment: {},
      pythonFolder: folder,
      systemFiles: [link, system, path.join(folder, "system", "missing.so")],
    });
    expect(found).toEqual([
      { origin: ".venv", file: alone },
      { origin: ".venv", file: numpy },
      { origin: ".venv", file: scipy },
      { origin: "system", file: link },
    ]);
  });

  it("finds nothing where there is nothing", () => {
    expect(findCandidates({ environment: { FACEBRIDGE_OPENBLAS: "" }, pythonFolder: "/no/such/folder", systemFiles: [] })).toEqual([]);
  });
});

describe("systemFilesOf", () => {
  it("knows where Linux and macOS keep the library, Accelerate being the last resort", () => {
    expect(systemFilesOf("linux", "x64")).toContain("/usr/lib/x86_64-linux-gnu/openblas-pthread/libopenblas.so.0");
    expect(systemFilesOf("linux", "arm64")).toContain("/usr/lib/aarch64-linux-gnu/libopenblas.so.0");
    expect(systemFilesOf("darwin", "arm64").at(-1)).toMatch(/Accelerate$/);
    const accelerate = systemFilesOf("darwin", "arm64");
    expect(findCandidates({ environment: {}, pythonFolder: "/no", systemFiles: accelerate }).at(-1)?.origin).toBe("Accelerate");
    expect(systemFilesOf("win32", "x64")).toEqual([]);
  });
});
