import { countBlocks, saveParts, sumBlocks } from "../align/index.js";
import { takeRows } from "../core/matrix.js";
import { pickStudySet } from "../data/load-face-sets.js";
import { identityNames, openStudy, prepareStudy } from "../study/index.js";
import { shareOf, type Shard } from "./shard.js";
import { interruptSignal, print } from "./terminal.js";

export interface MomentsCommandOptions {
  readonly source: string;
  readonly target: string;
  readonly fit: string;
  readonly test: string;
  readonly from?: string;
  readonly seed: number;
  /** @defaultValue all rows */
  readonly shard?: Shard;
  readonly out: string;
}

/** `facebridge moments`: the sums of a shard of a pair's training rows, to a file. */
export async function momentsCommand({
  source,
  target,
  fit,
  test,
  from,
  seed,
  shard = { index: 1, count: 1 },
  out,
}: MomentsCommandOptions): Promise<void> {
  const signal = interruptSignal();
  const context = await openStudy({ ...(from === undefined ? {} : { folder: from }), cache: null, signal });
  const { plan } = await prepareStudy({ pairs: [{ source, target }], fitSet: fit, testSet: test, seed }, context);
  const faceSet = pickStudySet(fit, context.faceSets).faceSet.id;
  const [sourceSet, targetSet] = await Promise.all([source, target].map((encoder) => context.load(encoder, faceSet)));
  const rows = { source: takeRows(sourceSet.embeddings, plan.train), target: takeRows(targetSet.embeddings, plan.train) };
  const blockCount = countBlocks(plan.train.length);
  const [first, last] = shareOf(blockCount, shard);
  const parts = await sumBlocks(rows, identityNames(sourceSet, plan.train), { first, last, engine: context.engine, signal });
  await saveParts(out, { of: { source, target, fit, test, seed, engine: context.engine.name }, blockCount, parts });
  print(`${last - first} of ${blockCount} blocks of 1,024 rows: ${out}`);
}
