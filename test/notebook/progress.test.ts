import { describe, expect, test, vi } from "vitest";
import { startProgress } from "../../lib/core/progress.js";
import { progress, showCloud, showImages } from "../../lib/notebook/index.js";
import { formatImages } from "../../lib/notebook/show-images.js";

function watched(intervalMs: number): { lines: string[]; now: { ms: number }; bar: ReturnType<typeof startProgress> } {
  const lines: string[] = [];
  const now = { ms: 0 };
  const bar = startProgress({
    label: "embed",
    total: 40,
    unit: "images",
    start: 10,
    clock: () => now.ms,
    intervalMs,
    show: (line) => lines.push(line),
    close: (count, time) => lines.push(`${count} in ${time}`),
  });
  return { lines, now, bar };
}

describe("a progress bar", () => {
  test("tells rate and time left of the work since its start, and in the end the count and the time", () => {
    const { lines, now, bar } = watched(100);
    now.ms = 5000;
    bar.update(20);
    now.ms = 80_000;
    bar.update(40);
    bar.end();
    expect(lines).toEqual([
      `embed ${"█".repeat(12)}${"░".repeat(12)} 20/40 images · 2.0/s · 10 s left`,
      `embed ${"█".repeat(24)} 40/40 images · 0.4/s · 0 s left`,
      "embed: 40/40 images in 1 min 20 s",
    ]);
  });

  test("shows no more than one line in its interval", () => {
    const { lines, now, bar } = watched(100);
    for (now.ms = 0; now.ms < 1000; now.ms += 5) bar.update(10 + now.ms / 50);
    expect(lines.length).toBeLessThanOrEqual(10);
    expect(lines.length).toBeGreaterThan(5);
  });
});

describe("outside a notebook", () => {
  const printed = async (show: () => unknown): Promise<string> => {
    const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    try {
      await show();
      return write.mock.calls.map(([text]) => String(text)).join("");
    } finally {
      write.mockRestore();
    }
  };

  test("progress is one line at the end", async () => {
    let ms = 0;
    const text = await printed(() => {
      const bar = progress(3, { label: "pairs", unit: "maps", clock: () => (ms += 1000) });
      for (const done of [1, 2, 3]) bar.update(done);
      bar.end();
    });
    expect(text).toBe("pairs: 3/3 maps\n");
  });

  test("images and clouds are text", async () => {
    const image = { width: 1, height: 1, data: new Uint8Array(3) };
    expect(await printed(() => showImages([{ image, caption: "Ann, frontal" }]))).toBe("[1 images]\nAnn, frontal\n");
    expect(await printed(() => showCloud([{ x: 0, y: 0, z: 0, label: "mapped" }]))).toBe("[figure: 1 points in space, mapped]\n");
  });
});

describe("a grid of images", () => {
  const image = { width: 300, height: 200, data: new Uint8Array(300 * 200 * 3) };

  test("holds as many columns as asked for, each picture small enough", async () => {
    const { "text/html": html } = await formatImages(
      Array.from({ length: 5 }, (_, i) => ({ image, caption: `${i}` })),
      { columns: 2, size: 50 },
    );
    expect((html as string).match(/<tr>/g)).toHaveLength(3);
    const { default: sharp } = await import("sharp");
    const png = Buffer.from(/base64,([^"]+)/.exec(html as string)![1], "base64");
    expect(await sharp(png).metadata()).toMatchObject({ width: 50, height: 33, format: "png" });
  });

  test("takes a file's bytes, and refuses what is no picture, nothing, and sizes below 1", async () => {
    const { default: sharp } = await import("sharp");
    const bytes = await sharp(image.data, { raw: { width: 300, height: 200, channels: 3 } })
      .jpeg()
      .toBuffer();
    expect((await formatImages([{ image: bytes, caption: "" }]))["text/html"]).toContain("data:image/png");
    await expect(formatImages([{ image: new Uint8Array([1, 2, 3]), caption: "" }])).rejects.toThrow(
      /^showImages: image 0 cannot be read \(.+\); give a picture's bytes, or RGB pixels with their size$/,
    );
    await expect(formatImages([])).rejects.toThrow("showImages: got no images; give at least one");
    await expect(formatImages([{ image, caption: "" }], { columns: 0 })).rejects.toThrow(
      "showImages: got columns 0, size 112, limit 60; each is at least 1",
    );
  });
});
