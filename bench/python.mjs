// The Python that benches compare with: a virtual environment of pinned packages under .cache/, made on first use.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { findPython, pythonAdvice } from "../dist/cli/python-environment.js";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const folder = path.join(root, ".cache", "bench-venv");
const packages = [
  "jupyter-client==8.10.0",
  "numpy==2.4.6",
  "onnxruntime==1.30.0",
  "opencv-python-headless==5.0.0.93",
  "scikit-dimension==0.5.0",
  "scikit-learn==1.9.1",
  "scipy==1.17.1",
  "umap-learn==0.5.12",
];

export function benchPython() {
  const python = path.join(folder, "bin", "python");
  const stamp = path.join(folder, "packages.txt");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== packages.join("\n")) {
    const found = findPython();
    if (found === null) {
      console.error(`bench: no Python 3.10 or newer was found, which the peers run in; ${pythonAdvice}`);
      process.exit(1);
    }
    console.error("bench: making a Python environment in .cache/bench-venv");
    execFileSync(found.name, ["-m", "venv", folder]);
    execFileSync(path.join(folder, "bin", "pip"), ["install", "--quiet", "--disable-pip-version-check", ...packages], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    writeFileSync(stamp, packages.join("\n"));
  }
  return python;
}

/** The OpenBLAS that NumPy in that environment computes with. */
export function benchOpenblas() {
  benchPython();
  const libraries = readdirSync(path.join(folder, "lib"))
    .map((version) => path.join(folder, "lib", version, "site-packages", "numpy.libs"))
    .filter((libs) => existsSync(libs))
    .flatMap((libs) => readdirSync(libs).map((name) => path.join(libs, name)));
  return libraries.find((file) => path.basename(file).includes("openblas")) ?? "";
}
