import { oneAfterAnother } from "../core/one-after-another.js";
import type { Figure } from "./figure.js";
import { toPng } from "./png.js";

/** What Vega runs: the compiled form of a figure, plain JSON. */
export type VegaProgram = Readonly<Record<string, unknown>>;

interface VegaLite {
  compile(figure: unknown, options?: { readonly logger?: object }): { readonly spec: VegaProgram };
}

interface Vega {
  parse(program: VegaProgram): object;
  readonly View: new (runtime: object, options: object) => VegaView;
  readonly None: number;
  resetSVGClipId(): void;
  resetSVGDefIds?(): void;
}

interface VegaView {
  toSVG(): Promise<string>;
  finalize(): void;
}

/** Compile a figure to the program that Vega runs. Vega-Lite is loaded on the first call. */
export async function compileFigure(figure: Figure): Promise<VegaProgram> {
  const vegaLite = (await import("vega-lite")) as unknown as VegaLite;
  return vegaLite.compile(figure).spec;
}

/** Draw a figure as SVG, without a browser; the same figure gives the same bytes. Vega is loaded on the first call. */
export function renderSvg(figure: Figure): Promise<string> {
  return drawInTurn(figure);
}

// Vega numbers the clips of an SVG with a counter of the process.
const drawInTurn = oneAfterAnother(draw);

async function draw(figure: Figure): Promise<string> {
  const program = await compileFigure(figure);
  const vega = (await import("vega")) as unknown as Vega;
  vega.resetSVGClipId();
  vega.resetSVGDefIds?.();
  const view = new vega.View(vega.parse(program), { renderer: "none", logLevel: vega.None });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

/** One figure in the forms that front-ends and pages choose from; its picture is an SVG, or a PNG when it has many marks. */
export interface FigureBundle {
  readonly "application/vnd.vegalite.v5+json": Figure;
  readonly "image/svg+xml"?: string;
  readonly "image/png"?: Uint8Array;
  readonly "text/plain": string;
  readonly [type: string]: unknown;
}

/** Above this many marks an SVG is too large for a notebook. */
const svgMarkLimit = 2000;

/** The bundle of a figure; there is no text/html in it, which would win over the live figure in JupyterLab. */
export async function bundleFigure(figure: Figure): Promise<FigureBundle> {
  const svg = await renderSvg(figure);
  return {
    "application/vnd.vegalite.v5+json": figure,
    ...(svg.split("<path").length - 1 > svgMarkLimit ? { "image/png": await toPng(svg) } : { "image/svg+xml": svg }),
    "text/plain": describeFigure(figure),
  };
}

/** One line that names what a figure shows: its axes, or, where it has none, its heading and its points. */
export function describeFigure(figure: Figure): string {
  const titles = new Set<string>();
  const visit = (value: unknown, key: string): void => {
    if (typeof value !== "object" || value === null || key === "values" || key === "config" || key === "tooltip" || key === "legend")
      return;
    for (const [name, inner] of Object.entries(value)) {
      const words: unknown = Array.isArray(inner) ? inner.join("; ") : inner;
      if (name === "title" && typeof words === "string" && (key === "x" || key === "y")) titles.add(words);
      visit(inner, name);
    }
  };
  visit(figure, "");
  return `[figure: ${titles.size > 0 ? [...titles].join(" × ") : describePoints(figure)}]`;
}

/** Groups named one by one; of more, their number is said. */
const namedGroups = 6;

function describePoints({ title, data }: Figure): string {
  const heading = typeof title === "object" && title !== null ? (title as { text?: unknown }).text : title;
  const { values = [] } = (data ?? {}) as { values?: readonly { label?: string }[] };
  const groups = [...new Set(values.flatMap(({ label }) => label ?? []))];
  const named = groups.length > namedGroups ? `${groups.length} groups` : groups.join(", ");
  const points = values.length === 0 ? "no axes" : `${values.length.toLocaleString("en")} points${named === "" ? "" : `, ${named}`}`;
  return typeof heading === "string" ? `${heading}: ${points}` : points;
}
