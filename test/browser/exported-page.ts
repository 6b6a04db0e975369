import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";

export interface ExportedPage {
  readonly page: Page;
  /** Whatever the page asked for beside itself. */
  readonly requests: () => readonly string[];
}

/** Open a file in a browser whose network is off. */
export async function openExport(browser: Browser, file: string): Promise<ExportedPage> {
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 }, offline: true });
  const asked: string[] = [];
  context.on("requestfinished", (request) => asked.push(request.url()));
  context.on("requestfailed", (request) => {
    // What the page's policy forbids is not asked for.
    if (request.failure()?.errorText !== "csp") asked.push(request.url());
  });
  const page = await context.newPage();
  const address = pathToFileURL(file).href;
  await page.goto(address);
  return { page, requests: () => asked.filter((url) => url !== address && !/^(?:data|blob):/.test(url)) };
}
