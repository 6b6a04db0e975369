import { inkColour, referenceColour } from "./theme.js";

/** A named value of an axis, such as chance or n = d. */
export interface Mark {
  readonly at: number;
  readonly label: string;
}

/**
 * Dashed grey lines across a plot: upright at values of x, named above the plot; level at values of y, named right of it. No curve runs there.
 *
 * @param scale that of the axis, which a mark beyond its ends would stretch otherwise.
 */
export function markLayers(field: "x" | "y", marks: readonly Mark[] = [], scale: unknown = {}): readonly object[] {
  if (marks.length === 0) return [];
  const at = { [field]: { field: "at", type: "quantitative", scale } };
  const edge = field === "x" ? { y: { value: 0 } } : { x: { value: "width" } };
  const text = field === "x" ? { align: "left", baseline: "bottom", dx: -1, dy: -3 } : { align: "left", baseline: "middle", dx: 5 };
  const data = { name: `marks-${field}`, values: marks };
  return [
    { data, mark: { type: "rule", color: referenceColour, strokeDash: [3, 3] }, encoding: at },
    {
      name: `${referenceName}_${field}`,
      data,
      mark: { type: "text", color: inkColour, fontSize: 11, ...text },
      encoding: { ...at, ...edge, text: { field: "label" } },
    },
  ];
}

/** In the class, in an SVG, of what names reference lines: pages give it their own ink. */
export const referenceName = "reference_name";
