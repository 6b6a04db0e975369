import { describe, expect, it } from "vitest";
import { computeMoments, mapFromJson, mapToJson, zeroPad } from "../../lib/align/index.js";
import { DataError } from "../../lib/core/errors.js";
import { chooseEngine } from "../../lib/linalg/index.js";
import { cloudPair } from "../synthetic.js";

const { source, target, identities } = cloudPair({ seed: 1, count: 8, source: 2, target: 3 });
const map = zeroPad(await computeMoments(source, target, identities, { engine: await chooseEngine() }));

function changed(field: string, value: unknown): string {
  return JSON.stringify({ ...(JSON.parse(mapToJson(map)) as object), [field]: value });
}

describe("mapFromJson", () => {
  it("refuses text that is no saved map", () => {
    expect(() => mapFromJson("{")).toThrow(new DataError("mapFromJson: the text is not JSON; pass what mapToJson wrote"));
    for (const text of ["null", "3", "{}"]) {
      expect(() => mapFromJson(text)).toThrow("mapFromJson: the format is none; it must be facebridge-map/1, so save the map again");
    }
    expect(() => mapFromJson(changed("format", "facebridge-map/0"))).toThrow(/^mapFromJson: the format is facebridge-map\/0;/);
  });

  it("refuses a field of another kind, and names it", () => {
    for (const [field, value] of [
      ["name", 3],
      ["sourceDimension", -1],
      ["identities", [1]],
      ["lambda", "0.1"],
      ["engine", 7],
    ] as const) {
      expect(() => mapFromJson(changed(field, value))).toThrow(
        new DataError(`mapFromJson: field "${field}" is ${JSON.stringify(value)}; save the map again`),
      );
    }
  });

  it("refuses arrays that do not fit the dimensions, and numbers that are not finite", () => {
    expect(() => mapFromJson(changed("targetDimension", 4))).toThrow(
      new DataError("mapFromJson: weights holds 6 numbers; the dimensions ask for 8, so save the map again"),
    );
    const notANumber = Buffer.from(Float64Array.of(1, NaN).buffer).toString("base64");
    expect(() => mapFromJson(changed("sourceMean", notANumber))).toThrow(
      new DataError("mapFromJson: sourceMean has NaN at 1; every value must be finite, so save the map again"),
    );
  });
});
