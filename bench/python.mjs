// The Python that benches compare with: a virtual environment of pinned packages under .cache/, made on first use.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const folder = path.join(root, ".cache", "bench-venv");
const packages = ["numpy==2.4.6", "opencv-python-headless==5.0.0.93", "onnxruntime==1.30.0"];

export function benchPython() {
  const python = path.join(folder, "bin", "python");
  if (!existsSync(python)) {
    console.error("bench: making a Python environment in .cache/bench-venv");
    execFileSync("python3", ["-m", "venv", folder]);
    execFileSync(path.join(folder, "bin", "pip"), ["install", "--quiet", "--disable-pip-version-check", ...packages], {
      stdio: ["ignore", "ignore", "inherit"],
    });
  }
  return python;
}
