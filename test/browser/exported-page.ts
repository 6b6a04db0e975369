import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

export interface ExportedPage {
  readonly page: Page;
  /** Whatever the page asked for beside itself. */
  readonly requests: () => readonly string[];
  /** What it wrote to the console as warning or error, and what nobody caught. */
  readonly complaints: () => readonly string[];
}

/** Open a file in a browser whose network is off. */
export async function openExport(browser: Browser, file: string, options: BrowserContextOptions = {}): Promise<ExportedPage> {
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 }, ...options, offline: true });
  const asked: string[] = [];
  context.on("requestfinished", (request) => asked.push(request.url()));
  context.on("requestfailed", (request) => {
    // What the page's policy forbids is not asked for.
    if (request.failure()?.errorText !== "csp") asked.push(request.url());
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  const address = pathToFileURL(file).href;
  await page.goto(address);
  return { page, complaints: () => complaints, requests: () => asked.filter((url) => url !== address && !/^(?:data|blob):/.test(url)) };
}
