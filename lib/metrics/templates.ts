import { ShapeError, ValueError } from "../core/errors.js";
import { matrix32, type Matrix32 } from "../core/matrix.js";
import { permutation, type Random } from "../core/random.js";
import { unitRows } from "./unit-rows.js";

/** How an identity's images become what is enrolled. */
export interface TemplatePlan {
  /** Images of each identity, or fewer where it has fewer. @defaultValue 1 */
  readonly imageCount?: number | "all";
  /** `mean`: one template, the mean of the L2-normalised images; `separate`: a template for each. @defaultValue "mean" */
  readonly combine?: "mean" | "separate";
  /** Draw the images; the first in row order when left out. */
  readonly random?: Random;
}

/** Gallery rows, and what they were made of. */
export interface Templates {
  /** m × d: unit rows, or means of unit rows as they come out. */
  readonly rows: Matrix32;
  /** Of each template. */
  readonly identities: readonly string[];
  /** The rows that each template was made of. */
  readonly members: readonly (readonly number[])[];
  /** The rows that are in no template, ascending: the probes. */
  readonly others: Int32Array;
}

/**
 * Make the gallery of a closed set: identities in order of appearance.
 *
 * Whoever has no more images than are enrolled is in the gallery alone, and never a probe.
 *
 * @param rows n × d.
 * @param identities n names.
 * @throws ShapeError when there are not as many identities as rows; ValueError when there are no rows, a value is not finite, or the number
 * of images is not a whole number from 1 on.
 */
export function makeTemplates(
  rows: Matrix32,
  identities: readonly string[],
  { imageCount = 1, combine = "mean", random }: TemplatePlan = {},
): Templates {
  if (identities.length !== rows.rows) {
    throw new ShapeError(`makeTemplates: got ${identities.length} identities for ${rows.rows} rows; give one for each row`);
  }
  if (imageCount !== "all" && (!Number.isInteger(imageCount) || imageCount < 1)) {
    throw new ValueError(`makeTemplates: got ${imageCount} images; it must be a whole number from 1 on, or "all"`);
  }
  const unit = unitRows(rows, "makeTemplates: rows");
  const images = new Map<string, number[]>();
  identities.forEach((identity, row) => {
    const known = images.get(identity);
    if (known === undefined) images.set(identity, [row]);
    else known.push(row);
  });
  const names: string[] = [];
  const members: number[][] = [];
  const used = new Set<number>();
  for (const [identity, all] of images) {
    const count = imageCount === "all" ? all.length : Math.min(imageCount, all.length);
    const chosen = random === undefined ? all.slice(0, count) : draw(all, count, random);
    for (const row of chosen) used.add(row);
    for (const group of combine === "mean" ? [chosen] : chosen.map((row) => [row])) {
      names.push(identity);
      members.push(group);
    }
  }
  const gallery = matrix32(members.length, rows.columns);
  members.forEach((group, i) => {
    gallery.data.set(meanOf(unit, group), i * rows.columns);
  });
  return {
    rows: gallery,
    identities: names,
    members,
    others: Int32Array.from(identities.keys()).filter((row) => !used.has(row)),
  };
}

function meanOf({ columns, data }: Matrix32, members: readonly number[]): Float64Array {
  const mean = new Float64Array(columns);
  for (const row of members) for (let i = 0; i < columns; i++) mean[i] += data[row * columns + i] / members.length;
  return mean;
}

/** So many of the values, in their order. */
function draw(values: readonly number[], count: number, random: Random): number[] {
  return Array.from(permutation(values.length, random).slice(0, count).sort(), (place) => values[place]);
}
