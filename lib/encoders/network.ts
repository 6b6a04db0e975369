/** A graph with one input, ready to run. */
export interface Network {
  /** Feed one tensor; the named outputs come back in that order, as float32. */
  run(data: Float32Array, shape: readonly number[]): Promise<NetworkOutput[]>;
  /** Give its memory back. */
  close(): Promise<void>;
}

/** What a network gave: values row by row, and their shape. */
export interface NetworkOutput {
  readonly values: Float32Array;
  readonly shape: readonly number[];
}

/** What a graph takes and gives. */
export interface GraphDescription {
  readonly inputs: readonly GraphTensor[];
  readonly outputs: readonly GraphTensor[];
}

/** How large a tensor of a graph is: null where the graph does not say. */
export interface GraphTensor {
  readonly name: string;
  readonly type: string;
  /** Null where not even the number of axes is known. */
  readonly shape: readonly (number | null)[] | null;
}
