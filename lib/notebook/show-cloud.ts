import type { Cloud3dOptions, CloudPoint3d } from "../figures/cloud.js";
import { displayBundle, isInKernel } from "./display.js";

/**
 * Show points of space: a Plotly figure to turn in JupyterLab, a PNG of all points where nothing runs, a line of text elsewhere.
 *
 * @throws ValueError when there is no point or a coordinate is not finite.
 */
export async function showCloud(points: readonly CloudPoint3d[], options: Cloud3dOptions = {}): Promise<void> {
  const { bundleCloud, describeCloud } = await import("../figures/cloud-bundle.js");
  displayBundle(isInKernel() ? await bundleCloud(points, options) : { "text/plain": describeCloud(points) });
}
