import process from "node:process";
import { openLibrary, type Problem } from "./openblas-library.js";
import { findFault } from "./openblas-self-test.js";

/** What the probe prints: one line of JSON. */
export type ProbeReport = Problem | { readonly problem: null };

// A program of its own, since a library that is not what it seems may end the process that calls it: node openblas-probe.js <file>
const library = await openLibrary(process.argv[2] ?? "");
const report: ProbeReport = "problem" in library ? library : { problem: await findFault(library) };
process.stdout.write(`${JSON.stringify(report)}\n`);
