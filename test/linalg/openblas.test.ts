import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { matrix64 } from "../../lib/core/matrix.js";
import { createRandom } from "../../lib/core/random.js";
import { projectFolder } from "../../lib/data/locate.js";
import { findCandidates } from "../../lib/linalg/openblas-candidates.js";
import { findOpenblas } from "../../lib/linalg/openblas-find.js";
import { openLibrary, type OpenblasLibrary } from "../../lib/linalg/openblas-library.js";
import { createOpenblasProduct, gramBySyrk } from "../../lib/linalg/openblas-product.js";
import { findFault } from "../../lib/linalg/openblas-self-test.js";
import { createOpenblasEngine } from "../../lib/linalg/openblas.js";
import { conditioned, expectClose } from "../close.js";
import { gaussian, multiply, transposed } from "../synthetic.js";
import { temporaryFolder } from "../temporary-folder.js";
import { fakeLibrary } from "./fake-library.js";

const { library, detail } = await findOpenblas();
const candidates = library === null ? [] : findCandidates();

describe("findOpenblas", () => {
  const nowhere = { environment: {}, pythonFolder: "/no/such/folder", systemFiles: [] };

  it.runIf(library !== null)("says what it found, under which names and with which integers", () => {
    expect(detail).toMatch(/^(OpenBLAS [\d.]+, \w+ kernels|Accelerate) \(.+; symbols (scipy_)?dgemm(64_)?, (32|64)-bit integers\)/);
  });

  it("says how to get a library where there is none", async () => {
    const result = await findOpenblas(nowhere);
    expect(result.library).toBeNull();
    expect(result.detail).toMatch(/^(koffi is not installed|no library found; pip install scipy-openblas64 into \.venv, or )/);
  });

  it.runIf(library !== null)("says so where something else has loaded a library with too small a stack", () => {
    const [koffi, find] = ["koffi", "./dist/linalg/openblas-find.js"].map((name) => JSON.stringify(name));
    const script = `
      import koffi from ${koffi};
      import { findOpenblas } from ${find};
      koffi.load(process.argv[1]);
      console.log((await findOpenblas()).detail);`;
    const printed = execFileSync(process.execPath, ["--input-type=module", "-e", script, library!.file], {
      cwd: projectFolder,
      encoding: "utf8",
    });
    expect(printed).toContain(
      "koffi has loaded a library already, with too small a stack; before that call koffi.config({ sync_stack_size: 16777216 })",
    );
  });

  it.runIf(library !== null)("says of each library that it refuses why, and does not fall back from a named one", async () => {
    const file = path.join(await temporaryFolder(), "libopenblas.so");
    const named = { ...nowhere, environment: { FACEBRIDGE_OPENBLAS: file } };
    expect(await findOpenblas(named)).toEqual({
      library: null,
      detail: `FACEBRIDGE_OPENBLAS: ${file}: there is no such file; correct or unset FACEBRIDGE_OPENBLAS`,
    });
    writeFileSync(file, "not a library");
    expect((await findOpenblas(named)).detail).toMatch(/^FACEBRIDGE_OPENBLAS: .+: Failed to load shared library: .+; correct or unset/);
    const system = await findOpenblas({ ...nowhere, systemFiles: [file, library!.file] });
    expect(system.library?.file).toBe(library!.file);
    expect(system.detail).toContain(`; system: ${file}: Failed to load shared library`);
  });
});

describe("findFault", () => {
  it("names the routine that computes something else, or what went wrong", async () => {
    const idle = (): void => undefined;
    expect(await findFault(fakeLibrary({ sgemm: idle }))).toBe("the routine was called");
    const wrong = fakeLibrary({
      sgemm: idle,
      dgemm: idle,
      ssyrk: idle,
      dsyrk: idle,
      dsyevd: idle,
      dgesdd: idle,
      dpotrf: idle,
    });
    expect(await findFault(wrong)).toBe("sgemm gives 0, 0, 0, 0 where 2, 7, 5, 16 is right");
  });
});

describe("LAPACK's own verdict", () => {
  it("becomes an error where an iteration does not converge", async () => {
    const fail = (...args: readonly unknown[]): void => {
      (args.findLast((value) => value instanceof Int32Array) as Int32Array)[0] = 2;
    };
    const engine = createOpenblasEngine(fakeLibrary({ dsyevd: fail, dgesdd: fail }));
    const matrix = matrix64(2, 2, Float64Array.of(2, 1, 1, 2));
    await expect(engine.eigh(matrix)).rejects.toThrow("eigh: LAPACK's dsyevd ended with info 2 instead of 0; use the onnx engine");
    await expect(engine.svd(matrix)).rejects.toThrow("svd: LAPACK's dgesdd ended with info 2 instead of 0; use the onnx engine");
  });
});

describe.skipIf(candidates.length === 0)("libraries that are here", () => {
  it.each(candidates)("passes its self-test: $file", async ({ file }) => {
    const opened = await openLibrary(file);
    expect("problem" in opened ? opened.problem : await findFault(opened)).toBeNull();
  });

  it("gives the same product and Gram in blocks of rows, whichever way the left side is stored", async () => {
    const random = createRandom(1);
    const left = gaussian(31, 17, random);
    const right = gaussian(17, 9, random);
    const present = library as OpenblasLibrary;
    const cut = createOpenblasProduct(present, { workPerCall: 4 * 17 * 9 });
    const expected = multiply(left, right).data;
    expectClose((await cut(left, right)).data, expected, conditioned(100));
    expectClose((await cut(transposed(left), right, { transposeLeft: true })).data, expected, conditioned(100));
    expectClose((await cut(left, transposed(right), { transposeRight: true })).data, expected, conditioned(100));
    const gram = await gramBySyrk(present, left, {}, { workPerCall: 17 * 17 });
    expectClose(gram.data, multiply(transposed(left), left).data, conditioned(100));
    const ofRows = await gramBySyrk(present, left, { ofRows: true }, { workPerCall: 31 * 31 });
    expectClose(ofRows.data, multiply(left, transposed(left)).data, conditioned(100));
  });

  it("lets an abort in between two blocks", async () => {
    const present = library as OpenblasLibrary;
    const tall = matrix64(1000, 2);
    for (const work of [
      (signal: AbortSignal): Promise<unknown> => createOpenblasProduct(present, { workPerCall: 1 })(tall, matrix64(2, 2), { signal }),
      (signal: AbortSignal): Promise<unknown> => gramBySyrk(present, tall, { signal }, { workPerCall: 1 }),
    ]) {
      const controller = new AbortController();
      const running = work(controller.signal);
      setImmediate(() => {
        controller.abort();
      });
      await expect(running).rejects.toMatchObject({ name: "AbortError" });
    }
  });
});
