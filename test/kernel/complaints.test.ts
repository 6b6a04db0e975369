import { mkdtemp, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { printed, resultOf, root, startKernel, type KernelClient } from "./kernel-client.js";

/** A kernel starts a TypeScript compiler, which is slow on a busy machine. */
const patience = 60_000;

describe("what people have complained of in TypeScript kernels", { timeout: patience }, () => {
  let kernel: KernelClient;
  let folder: string;
  beforeAll(async () => {
    [kernel, folder] = await Promise.all([startKernel(), mkdtemp(path.join(root, "dist", "cell-"))]);
    await writeFile(path.join(folder, "sizes.json"), '{ "width": 512 }');
  }, patience);
  afterAll(async () => {
    await kernel.stop();
    await rm(folder, { recursive: true });
  });
  const valueOf = async (code: string): Promise<unknown> => {
    const answer = await kernel.run(code);
    expect(answer.reply).toMatchObject({ status: "ok" });
    return resultOf(answer);
  };

  test("a cell that declares a const, a class, a function or an import can be run again, and changed", async () => {
    for (const width of [256, 512]) {
      await valueOf(`import { createRandom } from "facebridge/core"; const width = ${width}; class Box {} function f() { return width; }`);
      expect(await valueOf("f()")).toBe(String(width));
    }
    expect(await valueOf('const width = "wide"; width.length')).toBe("4");
  });

  test("await stands at the top of a cell in every form", async () => {
    expect(await valueOf("const a = await Promise.resolve(1); const { b } = await (async () => ({ b: 2 }))(); a + b")).toBe("3");
    expect(await valueOf("let sum = 0; for await (const item of [1, Promise.resolve(2)]) sum += item; sum")).toBe("3");
    expect(await valueOf("if (await Promise.resolve(true)) { await (Promise.resolve()); } [await 4].length")).toBe("1");
  });

  test("JSON is imported with its types", async () => {
    const file = `./dist/${path.basename(folder)}/sizes.json`;
    expect(await valueOf(`import sizes from "${file}"; sizes.width * 2`)).toBe("1024");
    expect((await kernel.run("sizes.height")).reply).toMatchObject({ ename: "TypeScriptError" });
  });

  test("a package that is only an ES module is imported with its types, statically and dynamically", async () => {
    expect(await valueOf('import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus"; typeof xoroshiro128plus(1)')).toBe(
      "'object'",
    );
    expect(await valueOf('const core = await import("facebridge/core"); typeof core.createRandom')).toBe("'function'");
  });

  test("types of an imported package check the cells", async () => {
    const { reply } = await kernel.run('import { createRandom } from "facebridge/core"; createRandom("one");');
    expect(reply.evalue).toContain("Argument of type 'string' is not assignable to parameter of type 'number'");
  });

  test("10 MB of output arrive, in one piece or in many", async () => {
    expect(printed(await kernel.run('console.log("x".repeat(10_000_000))'))).toHaveLength(10_000_001);
    expect(printed(await kernel.run('for (let i = 0; i < 100_000; i++) console.log("x".repeat(99))'))).toHaveLength(10_000_000);
  });

  test("a stream's callback is called, and characters cut in two are joined", async () => {
    const code =
      'const bytes = Buffer.from("ä"); process.stdout.write(bytes.subarray(0, 1)); await new Promise<void>((done) => process.stdout.write(bytes.subarray(1), () => done()));';
    expect(printed(await kernel.run(code))).toBe("ä");
  });

  test("a value that cannot be sent is an error of its cell", async () => {
    expect(
      (await kernel.run('import { displayBundle } from "facebridge/notebook"; displayBundle({ "application/json": { n: 1n } });')).reply,
    ).toMatchObject({
      status: "error",
      ename: "TypeError",
    });
    expect(await valueOf("1n")).toBe("1n");
  });
});
