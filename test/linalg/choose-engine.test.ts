import { describe, expect, it, vi } from "vitest";
import { chooseEngine, describeEngines } from "../../lib/linalg/index.js";
import type { EngineName } from "../../lib/linalg/index.js";

describe("chooseEngine", () => {
  it("gives the onnx engine when nothing is said, and the same one again", async () => {
    const engine = await chooseEngine();
    expect(engine.name).toBe("onnx");
    expect(await chooseEngine("onnx")).toBe(engine);
  });

  it("gives the engine that FACEBRIDGE_ENGINE names, unless the caller names one", async () => {
    vi.stubEnv("FACEBRIDGE_ENGINE", "tfjs");
    expect((await chooseEngine()).name).toBe("tfjs");
    expect((await chooseEngine("onnx")).name).toBe("onnx");
    vi.stubEnv("FACEBRIDGE_ENGINE", "");
    expect((await chooseEngine()).name).toBe("onnx");
    vi.stubEnv("FACEBRIDGE_ENGINE", "abacus");
    await expect(chooseEngine()).rejects.toThrow('chooseEngine: engine "abacus" is not present (there is no such engine); present: "onnx"');
    vi.unstubAllEnvs();
  });

  it("says of an absent engine why it is absent and which are present", async () => {
    vi.stubEnv("FACEBRIDGE_OPENBLAS", "/no/such/libopenblas.so");
    vi.resetModules();
    const fresh = await import("../../lib/linalg/index.js");
    await expect(fresh.chooseEngine("openblas")).rejects.toThrow(
      /^chooseEngine: engine "openblas" is not present \(.+\); present: "onnx", "tfjs"$/,
    );
    vi.unstubAllEnvs();
  });

  it("refuses a name that no engine has", async () => {
    await expect(chooseEngine("abacus" as EngineName)).rejects.toThrow(
      /^chooseEngine: engine "abacus" is not present \(there is no such engine\); present: "onnx"/,
    );
  });
});

describe("describeEngines", () => {
  it("names each engine once, and says something of each", async () => {
    const reports = await describeEngines();
    expect(reports.map((entry) => entry.name)).toEqual(["onnx", "openblas", "tfjs"]);
    for (const { detail } of reports) expect(detail).not.toBe("");
    expect(reports[2].detail).toMatch(/^TensorFlow\.js \d+\.\d+\.\d+ on .+: float32 products; float64 by onnx$/);
    expect(reports[0]).toMatchObject({ present: true, detail: expect.stringMatching(/^onnxruntime-node \d+\.\d+\.\d+, CPU$/) as string });
  });
});
