import { expect, test } from "vitest";
import { blend, type Face, pickFace, suppress, toImage } from "../../lib/encoders/face.js";
import { algebra, expectClose } from "../close.js";

const face = (left: number, score: number, landmark = 0): Face => ({
  score,
  box: [left, 0, left + 10, 10],
  landmarks: [landmark, 0, 0, 0, 0, 0, 0, 0, 0, 0],
});
const image = { width: 100, height: 10, data: new Uint8Array(3000) };

test("of faces that overlap the best stays", () => {
  expect(suppress([face(0, 0.6), face(1, 0.9), face(50, 0.7)])).toEqual([face(1, 0.9), face(50, 0.7)]);
});

test("faces that overlap are blended by score, others are left", () => {
  const [one, other] = blend([face(0, 0.25, 8), face(2, 0.75, 4), face(50, 0.7, 1)]);
  expectClose(one.box, [1.5, 0, 11.5, 10], algebra);
  expect([one.score, one.landmarks[0]]).toEqual([0.75, 5]);
  expectClose(other.box, [50, 0, 60, 10], algebra);
});

test("the confident face nearest to the centre is taken, else the best one, else none", () => {
  expect(pickFace([face(0, 0.9), face(44, 0.6), face(46, 0.4)], image)).toEqual(face(44, 0.6));
  expect(pickFace([face(0, 0.4), face(44, 0.3)], image)).toEqual(face(0, 0.4));
  expect(pickFace([], image)).toBeNull();
});

test("what the network saw is brought back to the image", () => {
  expectClose(toImage(face(0, 1, 5), 2, 1).box, [-0.5, -0.5, 4.5, 4.5], algebra);
  expect(toImage(face(0, 1, 5), 2, 1).landmarks[0]).toBe(2);
});
