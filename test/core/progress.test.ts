import { expect, test } from "vitest";
import { formatBytes, startProgress } from "../../lib/core/index.js";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 KiB"],
  [144_509_169, "138 MiB"],
  [2 ** 40, "1.0 TiB"],
])("%d bytes are written %s", (count, text) => {
  expect(formatBytes(count)).toBe(text);
});

function progress(total: number, start = 0): { lines: string[]; tick: (ms: number, done: number) => void; end: () => void } {
  const lines: string[] = [];
  let now = 0;
  const bar = startProgress({
    label: "net",
    total,
    unit: "bytes",
    start,
    clock: () => now,
    show: (line) => lines.push(line),
    intervalMs: 1,
    close: (count, time) => lines.push(`${count} in ${time}`),
    format: formatBytes,
  });
  const tick = (ms: number, done: number): void => {
    now += ms;
    bar.update(done);
  };
  const end = (): void => {
    bar.end();
  };
  return { lines, tick, end };
}

test("bytes are shown with rate and time left, counted from where the work was gone on with", () => {
  const { lines, tick, end } = progress(10 * 2 ** 20, 2 * 2 ** 20);
  tick(2000, 4 * 2 ** 20);
  end();
  expect(lines).toEqual(["net ██████████░░░░░░░░░░░░░░ 4.0 MiB/10.0 MiB · 1.0 MiB/s · 6 s left", "net: 4.0 MiB/10.0 MiB in 2 s"]);
});

test("where the size is not known, no time left is made up", () => {
  const { lines, tick } = progress(Infinity);
  tick(1000, 2 ** 20);
  expect(lines).toEqual(["net ░░░░░░░░░░░░░░░░░░░░░░░░ 1.0 MiB · 1.0 MiB/s · ? left"]);
});
