import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import type { Browser, Download, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { projectFolder } from "../../lib/data/locate.js";
import { readResultFile } from "../../lib/study/index.js";
import { launchChromium } from "./chromium.js";
import { openExport } from "./exported-page.js";
import { takePort } from "./free-port.js";
import { listAll, listSuspects } from "./home-listing.js";
import { hostileNotebook } from "./hostile-notebook.js";
import * as lab from "./lab-page.js";
import { startLabProcess, type LabProcess } from "./lab-process.js";
import { copyNotebooks, notebookNames, placeOf } from "./notebook-copies.js";
import { cameraOf, turn } from "./plotly.js";
import { differenceFromRunner, findDifference } from "./same-rows.js";
import { openScreenshots, type Screenshots } from "./screenshots.js";
import { trialCells, trialNotebook } from "./trial-notebook.js";

const first = "01-do-networks-see-alike";
const trial = "trial";
/** Of one notebook of the project on a machine that has other things to do. */
const notebookTimeoutMs = 420_000;

let folder = "";
let notebooks = "";
let home = "";
let homeBefore: readonly string[] = [];
let served: LabProcess | undefined;
let browser: Browser;
let page: Page;
let shots: Screenshots;
const asked: string[] = [];

/** From the project's folder on, so that no screenshot shows where that is. */
const resultFolder = "runs/browser/results";
const resultFile = (name: string): string => path.join(projectFolder, resultFolder, `${name}.json`);

/** The place of a cell of the first notebook, as it is in the lab. */
const place = (text: string): Promise<number> => placeOf(path.join(notebooks, `${first}.ipynb`), text);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "facebridge-lab-"));
  notebooks = path.join(folder, "notebooks");
  home = path.join(folder, "home");
  await mkdir(home);
  await copyNotebooks(notebooks, resultFolder);
  await writeFile(path.join(notebooks, `${trial}.ipynb`), trialNotebook);
  homeBefore = await listSuspects(homedir());
  shots = await openScreenshots("lab");
  browser = await launchChromium(path.join(folder, "chromium"));
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 } });
  context.setDefaultTimeout(30_000);
  context.on("request", (request) => asked.push(request.url()));
  page = await context.newPage();
});

afterAll(async () => {
  await served?.end();
  await browser.close();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(({ onTestFailed }) => {
  onTestFailed(() => shots.take(page, "failed"));
});

test("a busy port gets the next one, and nothing listens beyond 127.0.0.1", async () => {
  const busy = await takePort();
  served = await startLabProcess({ notebooks, home, cache: path.join(folder, "cache") }, busy.port);
  await busy.free();
  expect(served.port).toBe(busy.port + 1);
  // The address is printed a moment before the server answers.
  await expect.poll(served.listening).toEqual([`127.0.0.1:${served.port}`]);

  await page.goto(served.address);
  await page.locator(".jp-DirListing-item").filter({ hasText: first }).waitFor({ timeout: 60_000 });
  await shots.take(page, "opened");
});

test("every notebook of the project gives the rows that the runner gives", async () => {
  const names = await notebookNames();
  expect(names).toContain(first);
  // The one that stays open is the last to be opened.
  for (const name of [
    ...names
      .filter((other) => other !== first)
      .sort()
      .reverse(),
    first,
  ]) {
    await lab.openNotebook(page, name);
    await shots.take(page, `${name}-before`);
    await lab.runCells(page, "Run All Cells", notebookTimeoutMs);
    await lab.saveNotebook(page);
    await shots.take(page, `${name}-after`);
    expect(await differenceFromRunner(name, resultFile(name)), name).toBeNull();
    if (name !== first) await lab.closeNotebook(page);
  }
  const listening = await served!.listening();
  expect(listening.length).toBeGreaterThan(5); // the server, and a kernel's five sockets
  expect(listening.filter((address) => !address.startsWith("127.0.0.1:"))).toEqual([]);
}, 3_600_000);

test("a figure answers to the pointer, and a table is a table", async () => {
  const table = lab.outputOf(page, await place("const headline =")).locator("table");
  await lab.bringToMiddle(table);
  expect(await table.locator("th").allTextContents()).toContain("metric");
  expect(await table.locator("tbody tr").count()).toBeGreaterThan(10);
  await shots.take(page, "table");

  const figure = lab.outputOf(page, await place("drawPairs(rotated")).locator(".vega-embed");
  await lab.bringToMiddle(figure);
  await figure.locator("canvas").hover();
  const tooltip = page.locator("#vg-tooltip-element.visible");
  await expect.poll(() => tooltip.allTextContents()).toEqual([expect.stringMatching(/face_.*face_/s)]);
  await shots.take(page, "figure-tooltip");
});

test(
  "changed parameters, run from their cell on, give other rows",
  async () => {
    const before = await readResultFile(resultFile(first));
    const table = lab.outputOf(page, await place("const headline =")).locator("table");
    const shown = await table.textContent();
    const parameters = lab.cellAt(page, await place("let seed = 0;"));
    await lab.bringToMiddle(parameters);
    await parameters.locator(".cm-line").filter({ hasText: "let seed = 0;" }).locator(".cm-number, span", { hasText: /^0$/ }).dblclick();
    await page.keyboard.type("1");
    expect(await parameters.textContent()).toContain("let seed = 1;");
    await shots.take(page, "parameters");
    await lab.runCells(page, "Run Selected Cell and All Below", notebookTimeoutMs);
    const after = await readResultFile(resultFile(first));
    expect(new Set(after.map(({ seed }) => seed))).toEqual(new Set([1]));
    expect(
      findDifference(
        after.map((row) => ({ ...row, seed: 0 })),
        before,
      ),
    ).toMatch(/^row 0: value is /);
    expect(await table.textContent()).not.toBe(shown);
    await lab.bringToMiddle(table);
    await shots.take(page, "other-rows");
  },
  notebookTimeoutMs,
);

test("the page that the File menu exports is whole and live without a network", async () => {
  const offered = new Promise<Download>((resolve) => {
    page.context().once("page", (popup) => popup.once("download", resolve));
    page.once("download", resolve);
  });
  await lab.chooseMenu(page, "File", "Save and Export Notebook As", "HTML");
  await page.locator(".jp-Dialog .jp-mod-accept").click(); // HTML of cells and outputs is sanitized, unless one asks otherwise
  const file = path.join(folder, "exported.html");
  await (await offered).saveAs(file);
  const { page: exported, requests } = await openExport(browser, file);
  await exported.locator(".facebridge-figure svg.marks").nth(3).waitFor();
  await shots.take(exported, "exported-top");
  expect(await exported.locator("table").count()).toBeGreaterThan(1);
  expect(await exported.locator("math").count()).toBeGreaterThan(3);
  expect(await exported.getByText("$W$").count()).toBe(0);
  const figures = exported.locator(".facebridge-figure");
  expect(await figures.count()).toBe(4);
  expect(await figures.locator("svg.marks").count()).toBe(4);
  expect(await figures.locator("img").count()).toBe(0);
  await figures.first().scrollIntoViewIfNeeded();
  await figures.first().locator("svg.marks .mark-text.role-mark text").first().hover();
  expect(await figures.first().locator("[title]").getAttribute("title")).toMatch(/Source network: face_/);
  await shots.take(exported, "exported-figure");
  expect(requests()).toEqual([]);
  await exported.context().close();
});

test("a sanitized page runs nothing that a cell wrote, and asks for nothing", async () => {
  await writeFile(path.join(notebooks, "hostile.ipynb"), hostileNotebook);
  const address = "/nbconvert/html/hostile.ipynb?sanitize_html=true";
  const file = path.join(folder, "hostile.html");
  await writeFile(file, await page.evaluate<string>(`fetch("${address}").then((answer) => answer.text())`));
  await rm(path.join(notebooks, "hostile.ipynb"));
  const { page: exported, requests } = await openExport(browser, file);
  await exported.locator("math").waitFor(); // the page's own scripts have run
  expect(await exported.locator("p[title=kept]").count()).toBe(3);
  expect(await exported.title()).toBe("hostile");
  expect(await exported.locator("main :is(script, style, meta, iframe, [onerror], [href^=javascript])").count()).toBe(0);
  expect(requests()).toEqual([]);
  await exported.context().close();
});

test("a 3-D cloud turns under the mouse", async () => {
  await lab.openNotebook(page, trial);
  await lab.runCell(page, trialCells.imports);
  await lab.runCell(page, trialCells.cloud);
  const output = lab.outputOf(page, trialCells.cloud);
  await lab.bringToMiddle(output);
  // Plotly's extension shows the picture until the pointer comes over it.
  await page.mouse.move(0, 0);
  const { x, y, width, height } = (await output.boundingBox())!;
  await page.mouse.move(x + width / 2, y + height / 2);
  const cloud = output.locator(".js-plotly-plot");
  await cloud.locator("canvas").first().waitFor();
  await lab.bringToMiddle(cloud);
  await shots.take(page, "cloud");
  const before = await cameraOf(cloud);
  await turn(page, cloud);
  expect(await cameraOf(cloud)).not.toEqual(before);
  await shots.take(page, "cloud-turned");
});

test("an error shows the cell's own lines", async () => {
  await lab.runCell(page, trialCells.failure);
  const output = lab.outputOf(page, trialCells.failure);
  const text = await output.textContent();
  expect(text).toBe("RangeError: no rate 2; there are two\n    at pick (In [3]:3:36)\n    at In [3]:6:1");
  await lab.bringToMiddle(output);
  await shots.take(page, "traceback");
});

test("a progress bar moves in its place", async () => {
  await lab.startCell(page, trialCells.progress);
  const output = lab.outputOf(page, trialCells.progress);
  const read = async (): Promise<number> =>
    Number(/(\d+)\/20 pairs · [\d.]+\/s · \d+ s left/.exec((await output.textContent()) ?? "")?.[1]);
  await expect.poll(read, { timeout: 10_000 }).toBeGreaterThan(4);
  await shots.take(page, "progress");
  await lab.waitForCell(page, trialCells.progress);
  expect(((await output.textContent()) ?? "").trim()).toBe("maps: 20/20 pairs");
});

test("Tab completes, and Shift-Tab shows the library's comments", async () => {
  await lab.clickInto(page, trialCells.last);
  await page.keyboard.press("Control+a");
  await page.keyboard.type("drawC");
  await page.keyboard.press("Tab");
  const list = page.locator(".jp-Completer:not(.lm-mod-hidden) .jp-Completer-item");
  await list.first().waitFor();
  expect((await list.allTextContents()).join(" ")).toContain("drawCloud3d");
  await shots.take(page, "completion");
  await page.keyboard.press("Escape");
  await page.keyboard.type("loud3d");
  await page.keyboard.press("Shift+Tab");
  const help = page.locator(".jp-Tooltip");
  await help.waitFor();
  expect(await help.textContent()).toContain("Draw points of space, told apart by the colour");
  await shots.take(page, "help");
  await page.keyboard.press("Escape");
  await lab.clickInto(page, trialCells.last);
  await page.keyboard.press("Control+a");
  await page.keyboard.type("points.length");
});

test("a cell without end is interrupted, and the kernel goes on", async () => {
  await lab.startCell(page, trialCells.endless);
  await lab.cellAt(page, trialCells.endless).locator(".jp-InputPrompt", { hasText: "[*]:" }).waitFor();
  await lab.panelOf(page).locator('[data-command="notebook:interrupt-kernel"]').click();
  await lab.waitForCell(page, trialCells.endless);
  expect(await lab.outputOf(page, trialCells.endless).textContent()).toMatch(/interrupt/i);
  await lab.runCell(page, trialCells.last);
  expect(await lab.outputOf(page, trialCells.last).textContent()).toContain("400");
  await lab.bringToMiddle(lab.outputOf(page, trialCells.last));
  await shots.take(page, "interrupted");
});

test("a restarted kernel knows nothing of what was declared", async () => {
  await lab.panelOf(page).locator('[data-command="notebook:restart-kernel"]').click();
  await page.locator(".jp-Dialog .jp-mod-accept").click();
  await page.locator(".jp-Dialog").waitFor({ state: "detached" });
  await lab.waitForIdleKernel(page);
  await lab.startCell(page, trialCells.last);
  await lab.outputOf(page, trialCells.last).filter({ hasText: "Cannot find name 'points'" }).waitFor();
  await shots.take(page, "restarted");
});

test("the dark theme leaves nothing unreadable", async () => {
  await lab.chooseMenu(page, "Settings", "Theme", "JupyterLab Dark");
  await page.locator('body[data-jp-theme-light="false"]').waitFor({ state: "attached" });
  await lab.bringToMiddle(lab.outputOf(page, trialCells.cloud));
  await shots.take(page, "dark-cloud");
  await lab.bringToMiddle(lab.outputOf(page, trialCells.progress));
  await shots.take(page, "dark-trial");
  await page.locator(".lm-TabBar-tab").filter({ hasText: first }).first().click();
  for (const [text, name] of [
    ["const headline =", "dark-table"],
    ["drawPairs(rotated", "dark-figure"],
    ["drawCmc(cmcCurves", "dark-curves"],
  ] as const) {
    await lab.bringToMiddle(lab.outputOf(page, await place(text)));
    await shots.take(page, name);
  }
});

test("the browser asked nobody but the lab", () => {
  expect(asked.length).toBeGreaterThan(50);
  expect(asked.filter((url) => !/^(?:data|blob):/.test(url) && new URL(url).host !== `127.0.0.1:${served!.port}`)).toEqual([]);
});

test("after Ctrl-C no process is left and the home folder is as it was", async () => {
  const { code, leftovers } = await served!.end();
  expect(leftovers).toEqual([]);
  expect(code).not.toBeNull();
  expect(await listAll(home)).toEqual([".npm"]);
  expect(await listSuspects(homedir())).toEqual(homeBefore);
});
