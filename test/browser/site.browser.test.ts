import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectFolder } from "../../lib/data/locate.js";
import { parseNotebook } from "../../lib/notebook/nbformat.js";
import { launchChromium } from "./chromium.js";
import { openExport, type ExportedPage } from "./exported-page.js";
import { openScreenshots, type Screenshots } from "./screenshots.js";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const notebooks = (await readdir(path.join(projectFolder, "notebooks"))).filter((name) => name.endsWith(".ipynb"));
const names = [...notebooks.map((name) => path.basename(name, ".ipynb")), "index"];
const clouds = "06-where-do-the-clouds-lie";

let folder = "";
let browser: Browser;
let shots: Screenshots;

const publish = (out: string): void =>
  void execFileSync(process.execPath, [path.join(projectFolder, "dist", "cli", "main.js"), "publish", "--out", out]);
const open = (name: string, options = {}): Promise<ExportedPage> => openExport(browser, path.join(folder, "site", `${name}.html`), options);

/** Figures of the notebook that have a live form. */
async function figureCount(name: string): Promise<number> {
  if (name === "index") return 0;
  const { cells } = parseNotebook(JSON.parse(await readFile(path.join(projectFolder, "notebooks", `${name}.ipynb`), "utf8")));
  const outputs = cells.flatMap((cell) => (cell.cell_type === "code" ? cell.outputs : []));
  return outputs.filter((output) => "data" in output && Object.keys(output.data).some((type) => /vegalite|plotly/.test(type))).length;
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "facebridge-site-"));
  publish(path.join(folder, "site"));
  shots = await openScreenshots("site");
  browser = await launchChromium(path.join(folder, "chromium"));
});

afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
});

/** Findings of axe of these weights, in one line each. */
async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate<string[]>(`axe.run().then(({ violations }) => violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ": " + target.join(" ") + " " + failureSummary)))`);
}

/** Whether the page is wider than its window. */
const overflows = (page: Page): Promise<boolean> => page.evaluate("document.documentElement.scrollWidth > window.innerWidth");

describe.each(names)("%s", (name) => {
  test("opens from disk without a network: every figure is drawn, every link leads to a file, nothing is asked for or complained of", async () => {
    const { page, requests, complaints } = await open(name);
    const count = await figureCount(name);
    await expect.poll(() => page.locator("figure.live .drawn svg").count()).toBe(count);
    await expect.poll(() => page.locator("figure.live .static:not([hidden])").count()).toBe(0);
    for (const figure of await page.locator("figure.live .drawn").all()) {
      expect(await figure.locator("path, line, rect").count()).toBeGreaterThan(2);
      expect(await figure.getAttribute("aria-label")).toMatch(/^figure: (?!no axes)./);
    }
    expect(await page.locator("img:not([alt])").count()).toBe(0);
    expect(await findings(page)).toEqual([]);
    expect([requests(), complaints()]).toEqual([[], []]);
    expect((await stat(path.join(folder, "site", `${name}.html`))).size).toBeLessThan(3e6);

    const links = await page.locator("a[href]").evaluateAll((all) => all.map((link) => link.getAttribute("href")!));
    const local = links.filter((href) => !/^(?:[a-z]+:|#)/.test(href)).map((href) => href.replace(/#.*/, ""));
    expect(local.length).toBeGreaterThan(0);
    for (const href of local) expect((await stat(path.join(folder, "site", href))).size, href).toBeGreaterThan(0);
    await shots.take(page, name, { fullPage: true });
    await page.context().close();
  });

  test("is readable on a phone, in the dark", async () => {
    const { page } = await open(name, { viewport: { width: 375, height: 812 }, colorScheme: "dark" });
    await expect.poll(() => page.locator("figure.live .static:not([hidden])").count()).toBe(0);
    expect(await overflows(page)).toBe(false);
    expect(await findings(page)).toEqual([]);
    await shots.take(page, `${name}-phone`, { fullPage: true });
    await page.context().close();
  });
});

test("a cloud turns under the pointer, and by keys", async () => {
  const { page } = await open(clouds);
  const cloud = page.locator("figure.live").filter({ has: page.locator("input[type=range]") });
  const svg = cloud.locator("svg");
  await svg.scrollIntoViewIfNeeded();
  const first = await svg.innerHTML();
  const { x, y, width, height } = (await svg.boundingBox())!;
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + width / 2 + 80, y + height / 2 + 20, { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => cloud.locator("input").first().inputValue()).toBe("-95");
  const dragged = await svg.innerHTML();
  expect(dragged).not.toBe(first);
  await shots.take(page, "cloud-turned");
  await page.mouse.move(x, y); // let go: it stays
  expect(await cloud.locator("input").first().inputValue()).toBe("-95");
  await cloud.getByLabel("Tilt").focus();
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => svg.innerHTML()).not.toBe(dragged);
  await page.context().close();
});

test("prints without controls, folded code and cut tables", async () => {
  const { page } = await open(clouds);
  await expect.poll(() => page.locator("figure.live .static:not([hidden])").count()).toBe(0);
  await page.emulateMedia({ media: "print" });
  expect(await page.locator("header").isVisible()).toBe(false);
  expect(await page.locator(".vega-bindings").first().isVisible()).toBe(false);
  expect((await page.pdf({ format: "A4" })).length).toBeGreaterThan(10_000);
  await shots.take(page, "print");
  await page.context().close();
});

test("the same notebooks give the same bytes", async () => {
  publish(path.join(folder, "again"));
  const bytes = async (site: string): Promise<[string, string][]> => {
    const entries = (await readdir(site, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const files = entries.map((entry) => path.join(entry.parentPath, entry.name)).sort();
    return Promise.all(files.map(async (file) => [path.relative(site, file), await readFile(file, "base64")] as [string, string]));
  };
  expect(await bytes(path.join(folder, "again"))).toEqual(await bytes(path.join(folder, "site")));
});
