import path from "node:path";
import { estimateDimension } from "facebridge/geometry";
import { best, madeRows, timed, writeRows } from "./rows.mjs";

const [rows, columns, rounds] = [13_000, 512, 3];

/** TwoNN: ours, scikit-dimension's, and the same estimate on scikit-learn's NearestNeighbors. */
export async function benchTwoNn({ engine, scratch, peer }) {
  const cloud = madeRows({ rows, columns, seed: 3 });
  const file = writeRows(path.join(scratch, "two-nn.f32"), cloud);
  const small = madeRows({ rows: 1000, columns, seed: 4 });
  await estimateDimension(small, { engine });
  const seconds = { ours: [], neighbours: [], skdim: [] };
  const values = {};
  for (let round = 0; round < rounds; round++) {
    const own = await timed(() => estimateDimension(cloud, { engine }));
    seconds.ours.push(own.seconds);
    values.ours = own.value.regression;
    for (const way of round === 0 ? ["neighbours", "skdim"] : ["neighbours"]) {
      const plain = peer("two_nn.py", file, rows, columns, way);
      seconds[way].push(plain.seconds);
      values[way] = plain.dimension;
    }
  }
  console.log(`\nTwoNN of ${rows} × ${columns}, best of ${rounds} rounds (scikit-dimension: one)`);
  console.table({
    "ours, float32 candidates and float64 distances": { seconds: best(seconds.ours), dimension: values.ours },
    "scikit-learn's NearestNeighbors": { seconds: best(seconds.neighbours), dimension: values.neighbours },
    "scikit-dimension 0.5.0, which sorts all distances": { seconds: best(seconds.skdim), dimension: values.skdim },
  });
  return {
    "two-nn: scikit-learn's NearestNeighbors": best(seconds.neighbours) / best(seconds.ours),
    "two-nn: scikit-dimension": best(seconds.skdim) / best(seconds.ours),
  };
}
