/** A Vega-Lite v5 specification: plain JSON that holds its own data. */
export interface Figure {
  readonly $schema: "https://vega.github.io/schema/vega-lite/v5.json";
  readonly [key: string]: unknown;
}
