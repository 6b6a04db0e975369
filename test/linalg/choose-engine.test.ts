import { describe, expect, it } from "vitest";
import { chooseEngine, describeEngines } from "../../lib/linalg/index.js";
import type { EngineName } from "../../lib/linalg/index.js";

describe("chooseEngine", () => {
  it("gives the onnx engine when nothing is said, and the same one again", async () => {
    const engine = await chooseEngine();
    expect(engine.name).toBe("onnx");
    expect(await chooseEngine("onnx")).toBe(engine);
  });

  it("says of every absent engine why it is absent and which are present", async () => {
    const reports = await describeEngines();
    for (const { name, detail } of reports.filter((entry) => !entry.present)) {
      await expect(chooseEngine(name)).rejects.toThrow(`chooseEngine: engine "${name}" is not present (${detail}); present: "onnx"`);
    }
  });

  it("refuses a name that no engine has", async () => {
    await expect(chooseEngine("abacus" as EngineName)).rejects.toThrow(
      'chooseEngine: engine "abacus" is not present (there is no such engine); present: "onnx"',
    );
  });
});

describe("describeEngines", () => {
  it("names each engine once, and says something of each", async () => {
    const reports = await describeEngines();
    expect(reports.map((entry) => entry.name)).toEqual(["onnx", "openblas", "tfjs"]);
    for (const { detail } of reports) expect(detail).not.toBe("");
    expect(reports[0]).toMatchObject({ present: true, detail: expect.stringMatching(/^onnxruntime-node \d+\.\d+\.\d+, CPU$/) as string });
  });
});
