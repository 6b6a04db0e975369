// One task on rows that are made here: memory-child.mjs TASK ROWS COLUMNS prints the peak memory of this process in MiB.
import { computeMoments } from "facebridge/align";
import { matrix32 } from "facebridge/core";
import { findNeighbours, identityScatter, linearCka, mutualNeighbours, silhouetteByIdentity, streamCka } from "facebridge/geometry";
import { chooseEngine } from "facebridge/linalg";

const [task, rows, columns] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const engine = await chooseEngine();
const identities = Array.from({ length: task === "streamed CKA" ? 1024 : rows }, (_, i) => `made/${i % 1024}`);
const made = (count, seed) => {
  const data = new Float32Array(count * columns);
  let state = seed;
  for (let k = 0; k < data.length; k++) {
    state = (Math.imul(1664525, state) + 1013904223) | 0;
    data[k] = state / 2 ** 32;
  }
  return matrix32(count, columns, data);
};
const pair = () => ({ source: made(rows, 1), target: made(rows, 2) });
const tasks = {
  "streamed CKA": () =>
    streamCka(
      async function* () {
        for (let first = 0; first < rows; first += 1024) {
          yield { source: made(1024, first), target: made(1024, first + 1), identities: identities.slice(0, 1024) };
        }
      },
      { engine },
    ),
  CKA: async () => {
    const { source, target } = pair();
    await linearCka(await computeMoments(source, target, identities, { engine }), { source, target });
  },
  neighbours: () => findNeighbours(made(rows, 1), 10, { engine }),
  "mutual neighbours": () => mutualNeighbours(pair(), identities, { scope: "all", engine }),
  silhouette: () => silhouetteByIdentity(made(rows, 1), identities, { engine }),
  scatter: () => identityScatter(made(rows, 1), identities, { engine }),
};
await tasks[task]();
console.log(process.resourceUsage().maxRSS / 1024);
