import type { Figure } from "./figure.js";

/**
 * Colours of lines and points that readers with any colour vision can tell apart, on white and on black.
 *
 * @see Okabe & Ito 2008, "Color Universal Design"; its yellow and black vanish on one of the two grounds and are left out.
 */
export const palette: readonly string[] = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"];

/** A colour of the palette for each of several things; beyond its end it starts again. */
export function coloursOf(things: readonly unknown[]): string[] {
  return things.map((_, i) => palette[i % palette.length]);
}

/**
 * A shape of Vega's for each of several groups, so that hue is not all that tells them apart; circles alone where there are more than six, which
 * nobody tells apart by shape.
 */
export function shapesOf(things: readonly unknown[]): string[] {
  return things.map((_, i) => (things.length > shapes.length ? shapes[0] : shapes[i]));
}

const shapes = ["circle", "square", "diamond", "cross", "triangle-up", "triangle-down"];

/** Of lines that are no measurement, such as chance. */
export const referenceColour = "#808080";

/** Text and axes: at least 4.5 : 1 on white; 4 : 1 on the dark ground of the pages and JupyterLab. */
export const inkColour = "#737373";

/** Lines that share a colour when there are more than the palette has are told apart by their dashes. */
export const dashes: readonly (readonly number[])[] = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3]]; // prettier-ignore

export const plotSize = { width: 460, height: 300 } as const;

const font = "DejaVu Sans, Verdana, sans-serif";

/** Complete a specification: the ground stays transparent, so that the figure works on light and dark pages. */
export function applyTheme(specification: Readonly<Record<string, unknown>>): Figure {
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v5.json",
    background: "transparent",
    ...specification,
    config: {
      font,
      view: { stroke: null },
      axis: {
        labelColor: inkColour,
        titleColor: inkColour,
        labelFontSize: 11,
        titleFontSize: 12,
        titleFontWeight: "normal",
        domainColor: inkColour,
        tickColor: inkColour,
        gridColor: inkColour,
        gridOpacity: 0.25,
        labelFlush: false,
        labelSeparation: 6,
      },
      legend: {
        labelColor: inkColour,
        titleColor: inkColour,
        labelFontSize: 11,
        titleFontSize: 12,
        titleFontWeight: "normal",
        labelLimit: 260,
      },
      title: { color: inkColour, subtitleColor: inkColour, fontSize: 13, fontWeight: "normal", anchor: "start" },
      range: { category: palette },
    },
  };
}

/** The title of a specification, with a line beneath it; one of the two may be missing, or both. */
export function headingOf(title: string | undefined, subtitle: string | undefined): Readonly<Record<string, unknown>> {
  if (subtitle === undefined) return title === undefined ? {} : { title };
  return { title: title === undefined ? subtitle : { text: title, subtitle } };
}
