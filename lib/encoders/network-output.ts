/** What a network gave: values row by row, and their shape. */
export interface NetworkOutput {
  readonly values: Float32Array;
  readonly shape: readonly number[];
}
