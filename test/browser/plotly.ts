import type { Locator, Page } from "playwright-core";

interface PlotlyElement {
  readonly _fullLayout: { readonly scene: { readonly _scene: { getCamera(): { readonly eye: Eye } } } };
}

export interface Eye {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** From where a 3-D figure is seen. */
export async function cameraOf(figure: Locator): Promise<Eye> {
  return figure.evaluate((element: unknown) => (element as PlotlyElement)._fullLayout.scene._scene.getCamera().eye);
}

/** Drag from the middle of a figure to the right. */
export async function turn(page: Page, figure: Locator): Promise<void> {
  const { x, y, width, height } = (await figure.boundingBox())!;
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + width / 2 + 100, y + height / 2, { steps: 8 });
  await page.mouse.up();
}
