// On a worker thread of the bench of maps: one fraction of one order; a thread adds rows to the sums that it has.
import { workerData } from "node:worker_threads";
import { addMoments, computeMoments } from "facebridge/align";
import { takeRows } from "facebridge/core";
import { openThreadEngine } from "facebridge/linalg";
import { serveTasks } from "../dist/core/worker-tasks.js";
import { nameOf, peopleOf, threeMaps } from "./maps-three.mjs";

const { job, clouds, shared } = workerData;
const [source, target] = clouds;

serveTasks(async () => {
  const engine = await openThreadEngine(shared);
  let seen = { seed: null, count: 0, sums: null };
  return async ({ seed, count }) => {
    const part = (first) => {
      const rows = job.orders[seed].slice(first, count);
      return { source: takeRows(source, rows), target: takeRows(target, rows), people: peopleOf(rows, job) };
    };
    const whole = part(0);
    const known = seen.seed === seed && seen.sums.source.rows === null;
    const added = known ? part(seen.count) : whole;
    const own = await computeMoments(added.source, added.target, added.people, { engine });
    seen = { seed, count, sums: known ? addMoments(seen.sums, own) : own };
    const maps = await threeMaps(seen.sums, whole, { ratios: job.ratios, engine });
    return maps.map((map) => ({ name: nameOf(`sweep-${seed}`, count, map), weights: map.weights.data, lambda: map.lambda }));
  };
});
