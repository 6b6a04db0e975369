import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { type Candidate, type CandidateSearch, findCandidates } from "./openblas-candidates.js";
import { loadKoffi, openLibrary, type OpenblasLibrary } from "./openblas-library.js";
import type { ProbeReport } from "./openblas-probe.js";

/** The library that serves, or null, and what a person should know about the search. */
export interface FoundOpenblas {
  readonly library: OpenblasLibrary | null;
  readonly detail: string;
}

const probeFile = fileURLToPath(new URL("../../dist/linalg/openblas-probe.js", import.meta.url));
const probeTimeoutMs = 60_000;

/**
 * The first candidate that passes its self-test in a process of its own, opened in this one.
 *
 * Takes some 0.3 s a candidate that is tried, and loads nothing where there is none.
 */
export async function findOpenblas(search: CandidateSearch = {}): Promise<FoundOpenblas> {
  const koffi = await loadKoffi();
  if ("problem" in koffi) return { library: null, detail: koffi.problem };
  const candidates = findCandidates(search);
  const refused: string[] = [];
  for (const candidate of candidates) {
    const tried = await tryCandidate(candidate);
    if (typeof tried !== "string") return { library: tried, detail: [describe(candidate, tried), ...refused].join("; ") };
    refused.push(`${candidate.origin}: ${candidate.file}: ${tried}`);
  }
  const advice =
    candidates[0]?.origin === "FACEBRIDGE_OPENBLAS"
      ? "correct or unset FACEBRIDGE_OPENBLAS"
      : "pip install scipy-openblas64 into .venv, or install the system's OpenBLAS (Debian, Ubuntu: libopenblas0-pthread), or set FACEBRIDGE_OPENBLAS to a library's path";
  return { library: null, detail: [...(refused.length > 0 ? refused : ["no library found"]), advice].join("; ") };
}

async function tryCandidate({ origin, file }: Candidate): Promise<OpenblasLibrary | string> {
  if (origin !== "Accelerate" && !existsSync(file)) return "there is no such file";
  const problem = await probe(file);
  if (problem !== null) return problem;
  const library = await openLibrary(file);
  return "problem" in library ? library.problem : library;
}

/** Run the self-test where it can do no harm. @returns the problem, null when there is none. */
async function probe(file: string): Promise<string | null> {
  if (!existsSync(probeFile)) return "the self-test is not built (npm run build)";
  return new Promise((resolve) => {
    execFile(process.execPath, [probeFile, file], { timeout: probeTimeoutMs }, (error, stdout) => {
      if (error !== null) {
        const ending = error.signal ? `signal ${error.signal}` : `code ${String(error.code)}`;
        resolve(error.killed === true ? `its self-test took more than ${probeTimeoutMs / 1000} s` : `its self-test ended with ${ending}`);
        return;
      }
      const lastLine = stdout.trim().split("\n").at(-1) ?? "";
      resolve(problemIn(lastLine));
    });
  });
}

/** The library may print lines of its own before the report. */
function problemIn(line: string): string | null {
  try {
    return (JSON.parse(line) as ProbeReport).problem;
  } catch {
    return `its self-test printed no report but "${line.slice(0, 80)}"`;
  }
}

function describe({ origin, file }: Candidate, { maker, naming }: OpenblasLibrary): string {
  const { prefix, suffix, integerBits } = naming;
  const where = origin === "system" || origin === "Accelerate" ? file : `${origin}: ${path.basename(file)}`;
  return `${maker} (${where}; symbols ${prefix}dgemm${suffix}, ${integerBits}-bit integers)`;
}
