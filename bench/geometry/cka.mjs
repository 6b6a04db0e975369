import path from "node:path";
import { computeMoments } from "facebridge/align";
import { linearCka } from "facebridge/geometry";
import { best, madeRows, timed, writeRows } from "./rows.mjs";

const [rows, columns, rounds] = [4000, 512, 3];

/** Debiased linear CKA from the rows: ours, and NumPy's with n × n kernel matrices. */
export async function benchCka({ engine, scratch, peer }) {
  const source = madeRows({ rows, columns, seed: 1 });
  const target = madeRows({ rows, columns, seed: 2 });
  const files = [source, target].map((cloud, i) => writeRows(path.join(scratch, `cka-${i}.f32`), cloud));
  const identities = Array.from({ length: rows }, (_, i) => `made/${i}`);
  const ours = async () => linearCka(await computeMoments(source, target, identities, { engine }), { source, target });
  await ours();
  const seconds = { ours: [], products: [], sums: [] };
  let difference = 0;
  for (let round = 0; round < rounds; round++) {
    const { value, seconds: own } = await timed(ours);
    seconds.ours.push(own);
    for (const form of ["products", "sums"]) {
      const plain = peer("cka.py", ...files, rows, columns, form);
      seconds[form].push(plain.seconds);
      difference = Math.max(difference, Math.abs(plain.debiased - value.debiased), Math.abs(plain.biased - value.biased));
    }
  }
  console.log(
    `\ndebiased CKA of ${rows} × ${columns}, float64, best of ${rounds}; largest difference of values ${difference.toExponential(1)}`,
  );
  console.table({
    "ours, from Gram matrices of columns": { seconds: best(seconds.ours) },
    "NumPy, n × n, 1ᵀKL1 by the product of K and L, as published code does": { seconds: best(seconds.products) },
    "NumPy, n × n, 1ᵀKL1 by row sums": { seconds: best(seconds.sums) },
  });
  return {
    "cka: NumPy n × n": best(seconds.products) / best(seconds.ours),
    "cka: NumPy n × n by row sums": best(seconds.sums) / best(seconds.ours),
  };
}
