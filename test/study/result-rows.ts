import type { ResultRow } from "../../lib/study/result-row.js";

/** A made-up row: the Rank-1 of ridge from a to b, but for what is given. */
export function resultRow(given: Partial<ResultRow>): ResultRow {
  return {
    experiment: "x",
    source: "a",
    target: "b",
    fitSet: "lfw",
    testSet: "lfw",
    map: "ridge",
    frame: "centred",
    metric: "rank1",
    value: 0.5,
    low: null,
    high: null,
    train: 10,
    gallery: 5,
    probes: 5,
    seed: 0,
    engine: "onnx",
    ...given,
  };
}
