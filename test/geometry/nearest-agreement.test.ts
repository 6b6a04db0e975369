import { describe, expect, it } from "vitest";
import { ShapeError, ValueError } from "../../lib/core/errors.js";
import { matrix32 } from "../../lib/core/matrix.js";
import { nearestAgreement } from "../../lib/geometry/nearest-agreement.js";

// On a line: target a at 0, target b at 10; mapped a at 1, mapped b at 4, which is nearer to a.
const points = matrix32(4, 1, Float32Array.of(0, 10, 1, 4));
const labels = [["target", "a"], ["target", "b"], ["mapped", "a"], ["mapped", "b"]].map(([cloud, identity]) => ({ cloud, identity })); // prettier-ignore

describe("nearestAgreement", () => {
  it("is the share of points whose nearest of the other cloud is the same person's", () => {
    expect(nearestAgreement(points, labels, "mapped", "target")).toBe(0.5);
    expect(nearestAgreement(points, labels, "target", "mapped")).toBe(1);
  });

  it("needs a label for each point, and points of both clouds", () => {
    expect(() => nearestAgreement(points, labels.slice(1), "mapped", "target")).toThrow(ShapeError);
    expect(() => nearestAgreement(points, labels.slice(1), "mapped", "target")).toThrow("got 4 points and 3 labels; give one for each");
    expect(() => nearestAgreement(points, labels, "source", "target")).toThrow(ValueError);
    expect(() => nearestAgreement(points, labels, "source", "target")).toThrow("got no point of source; the clouds are target, mapped");
  });
});
