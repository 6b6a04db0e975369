import { expect } from "vitest";
import type { Locator, Page } from "playwright-core";

/** The notebook in front. */
export const panelOf = (page: Page): Locator => page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)");

/** The cell at that place, counted from 0. */
export const cellAt = (page: Page, index: number): Locator => panelOf(page).locator(`.jp-Cell[data-windowed-list-index="${index}"]`);

export const outputOf = (page: Page, index: number): Locator => cellAt(page, index).locator(".jp-Cell-outputArea");

/** Open a notebook from the list of files, and wait for its kernel. */
export async function openNotebook(page: Page, name: string): Promise<void> {
  await page.locator(".jp-DirListing-item").filter({ hasText: name }).dblclick();
  await page.locator(".lm-TabBar-tab.lm-mod-current").filter({ hasText: name }).first().waitFor();
  await panelOf(page).locator(".jp-Toolbar-kernelName", { hasText: "TypeScript (facebridge)" }).waitFor();
  await waitForIdleKernel(page);
}

export async function waitForIdleKernel(page: Page): Promise<void> {
  await indicatorOf(page).and(page.locator("[data-status=idle]")).waitFor({ timeout: 60_000 });
}

/** Choose an entry of the menus, from the bar on: `chooseMenu(page, "Run", "Run All Cells")`. */
export async function chooseMenu(page: Page, bar: string, ...entries: readonly string[]): Promise<void> {
  await page
    .locator(".lm-MenuBar-item")
    .filter({ hasText: exactly(bar) })
    .click();
  for (const entry of entries) await menuEntry(page, entry).click();
}

/** An entry of the menus that are open. */
export function menuEntry(page: Page, entry: string): Locator {
  return page
    .locator(".lm-Menu-item")
    .filter({ has: page.locator(".lm-Menu-itemLabel", { hasText: exactly(entry) }) })
    .last();
}

/** Choose an entry that runs several cells, wait until all have run, and say how many there were. */
export async function runCells(page: Page, entry: string, timeoutMs: number): Promise<number> {
  await chooseMenu(page, "Run", entry);
  const indicator = indicatorOf(page);
  await indicator.filter({ hasText: /Executed \d+\/\d+ cells/ }).waitFor({ state: "attached" });
  const failure = panelOf(page).locator('[data-mime-type="application/vnd.jupyter.error"]').first();
  const finished = indicator.filter({ hasText: /Executed \d+ cells/ });
  await finished.or(failure).first().waitFor({ state: "attached", timeout: timeoutMs });
  expect(await failure.allTextContents()).toEqual([]);
  return Number(/Executed (\d+) cells/.exec((await indicator.textContent())!)![1]);
}

/** Run one cell with the keyboard, and do not wait for it. */
export async function startCell(page: Page, index: number): Promise<void> {
  await clickInto(page, index);
  await page.keyboard.press("Control+Enter");
}

/** Put the cursor before the cell's first character. */
export async function clickInto(page: Page, index: number): Promise<void> {
  await cellAt(page, index)
    .locator(".cm-line")
    .first()
    .click({ position: { x: 1, y: 8 } });
}

/** Wait until the cell has run, which its number shows. */
export async function waitForCell(page: Page, index: number): Promise<void> {
  await cellAt(page, index)
    .locator(".jp-InputPrompt", { hasText: /^\[\d+\]:$/ })
    .waitFor();
}

/** Run one cell that has not run before, and wait for its end. */
export async function runCell(page: Page, index: number): Promise<void> {
  await startCell(page, index);
  await waitForCell(page, index);
}

/** Bring part of a notebook to the middle of the window. */
export async function bringToMiddle(part: Locator): Promise<void> {
  await part.evaluate((element: { scrollIntoView(options: object): void }) => {
    element.scrollIntoView({ block: "center" });
  });
}

/** Save the notebook, as the keyboard does, and wait until the file is written. */
export async function saveNotebook(page: Page): Promise<void> {
  const written = page.waitForResponse((response) => response.request().method() === "PUT" && response.url().includes("/api/contents/"));
  await page.keyboard.press("Control+s");
  expect((await written).ok()).toBe(true);
}

/** Close the notebook in front and end its kernel. */
export async function closeNotebook(page: Page): Promise<void> {
  await chooseMenu(page, "File", "Close and Shut Down Notebook");
  await page.locator(".jp-Dialog .jp-mod-accept").click();
  await panelOf(page).waitFor({ state: "detached" });
}

const indicatorOf = (page: Page): Locator => panelOf(page).locator(".jp-Notebook-ExecutionIndicator");

const exactly = (text: string): RegExp => new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}…?\\s*$`);
