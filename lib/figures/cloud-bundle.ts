import { renderSvg } from "./bundle.js";
import { drawCloud, drawCloud3d, type Cloud3dOptions, type CloudPoint3d, type PlotlyFigure } from "./cloud.js";
import { viewCloud } from "./cloud-view.js";
import { toPng } from "./png.js";

/** A cloud in the forms that front-ends and pages choose from. */
export interface CloudBundle {
  readonly "application/vnd.plotly.v1+json": PlotlyFigure;
  readonly "image/png": Uint8Array;
  readonly "text/plain": string;
  readonly [type: string]: unknown;
}

/**
 * The bundle of a cloud in space. The picture shows every point, the live figure at most `limit`.
 *
 * @throws ValueError when there is no point or a coordinate is not finite.
 */
export async function bundleCloud(points: readonly CloudPoint3d[], options: Cloud3dOptions = {}): Promise<CloudBundle> {
  const live = drawCloud3d(points, options);
  const { title, quality } = options;
  const still = drawCloud(viewCloud(points), {
    limit: points.length,
    order: [...new Set(points.map(({ label }) => label))], // the picture's points come by depth
    ...(title === undefined ? {} : { title }),
    ...(quality === undefined ? {} : { quality }),
  });
  return {
    "application/vnd.plotly.v1+json": live,
    "image/png": await toPng(await renderSvg(still)),
    "text/plain": describeCloud(points),
  };
}

/** One line that says how much a cloud shows. */
export function describeCloud(points: readonly CloudPoint3d[]): string {
  const groups = [...new Set(points.map(({ label }) => label))];
  return `[figure: ${points.length.toLocaleString("en")} points in space, ${groups.join(", ")}]`;
}
