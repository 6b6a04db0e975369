import type { CloudPoint, CloudPoint3d } from "./cloud.js";

/** From where Plotly's camera looks at first. */
const eye = [1.25, 1.25, 1.25] as const;
const axes = ["x", "y", "z"] as const;

/**
 * Points of space as Plotly's window first shows them, without perspective: a picture that stands still. z points up, and what is
 * nearer comes later, so that it is drawn over what is behind.
 *
 * @param points with finite coordinates, at one scale on all axes.
 */
export function viewCloud(points: readonly CloudPoint3d[]): CloudPoint[] {
  const distance = Math.hypot(...eye);
  const [aheadX, aheadY, aheadZ] = eye.map((part) => -part / distance);
  const level = Math.hypot(aheadX, aheadY);
  const right = [aheadY / level, -aheadX / level, 0];
  const up = [right[1] * aheadZ, -right[0] * aheadZ, right[0] * aheadY - right[1] * aheadX];
  const along = (point: CloudPoint3d, direction: readonly number[]): number =>
    axes.reduce((sum, axis, i) => sum + point[axis] * direction[i], 0);

  return points
    .map((point) => {
      const { label, note } = point;
      const seen = { x: along(point, right), y: along(point, up), label, ...(note === undefined ? {} : { note }) };
      return { seen, depth: along(point, [aheadX, aheadY, aheadZ]) };
    })
    .sort((one, other) => other.depth - one.depth)
    .map(({ seen }) => seen);
}
