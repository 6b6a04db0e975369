import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import sharp from "sharp";
import type { Page } from "playwright-core";
import { projectFolder } from "../../lib/data/locate.js";

const documents = path.join(projectFolder, "docs", "images");

/** What docs/jupyterlab.md shows. */
const shownInDocs = new Set(["figure-tooltip", "cloud-turned", "completion", "help", "traceback"]);

export interface Screenshots {
  /** Keep what the page shows now as a numbered step of this name. */
  take(page: Page, name: string, options?: { readonly fullPage?: boolean }): Promise<void>;
}

/**
 * Screenshots of the steps, under runs/browser/<name>/. With FACEBRIDGE_DOCS=1 those that the documentation shows are also written to
 * docs/images/, in 256 colours.
 */
export async function openScreenshots(name: string): Promise<Screenshots> {
  const folder = path.join(projectFolder, "runs", "browser", name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  let count = 0;
  return {
    async take(page, name, options = {}) {
      const image = await page.screenshot({ ...options, path: path.join(folder, `${String(++count).padStart(2, "0")}-${name}.png`) });
      if (process.env.FACEBRIDGE_DOCS !== "1" || !shownInDocs.has(name)) return;
      await mkdir(documents, { recursive: true });
      await sharp(image)
        .png({ palette: true, colours: 256, effort: 10, compressionLevel: 9 })
        .toFile(path.join(documents, `lab-${name}.png`));
    },
  };
}
