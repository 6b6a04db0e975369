import { expect, test } from "vitest";
import { announcement, decodeMessage, encodeMessage } from "../../lib/kernel/wire.js";

const identity = Buffer.from([0, 1, 2, 3, 4]);
const message = { ...announcement("stream", { text: `é\ud800${"x".repeat(1000)}` }), identities: [identity] };

test("a message comes back from its frames as it went", () => {
  const frames = encodeMessage(message, "a key").map((frame) => Buffer.from(frame));
  expect(decodeMessage(frames, "a key")).toEqual(message);
});

test("what is long goes out as text, which outlives the thread that sent it", () => {
  const bytes = encodeMessage(message, "a key").filter((frame) => typeof frame !== "string");
  expect(bytes).toEqual([identity]);
});
