import { ValueError } from "../core/errors.js";
import { silent } from "../core/progress.js";
import { runOnWorkers } from "../core/worker-pool.js";
import type { EngineName, ThreadEngine } from "../linalg/engine.js";
import { forbidTelemetry } from "../linalg/load-onnx.js";
import type { AttackFigures } from "./attack-figures.js";
import type { AttackReport, AttackWorkerStart } from "./attack-worker.js";
import { isWithoutPairs, type AttackKnowledge } from "./attacker.js";
import { createAttackMeasure, networksOf } from "./measure-attack.js";
import type { TemplateProtection } from "./protect-templates.js";
import { onThreadsOrHere, shareContext } from "./shared-context.js";
import type { EncoderPair, StudyContext } from "./study-spec.js";

/** Templates are stolen from a system of the source network and tried on one of the target network, which may be the same. */
export interface AttackSpec extends EncoderPair {
  readonly knowledge: AttackKnowledge;
  /** Set that the pairs or templates of the attacker come from. */
  readonly fitSet: string;
  /** Set of the victims, and of the people whose mean both systems take off. */
  readonly testSet: string;
  readonly seed: number;
  /** How many pairs, or templates of each system, the attacker has; Infinity for all there are. */
  readonly leaks: readonly number[];
  /** Of the leaked pairs; all of them are one draw. @defaultValue 3 */
  readonly drawCount?: number;
  /** Of both systems, each with its own secret. @defaultValue "none" */
  readonly protection?: TemplateProtection;
  /** The network of `sibling-pairs`. */
  readonly sibling?: string;
}

/** What an attack reached. */
export interface AttackResult extends EncoderPair, AttackFigures {
  readonly knowledge: AttackKnowledge;
  readonly protection: TemplateProtection;
  readonly fitSet: string;
  readonly testSet: string;
  /** Pairs, or templates of each system, that the attacker had. */
  readonly leak: number;
  readonly galleryCount: number;
  readonly probeCount: number;
  readonly seed: number;
  readonly engine: EngineName;
}

/**
 * Steal the templates of one system, carry them over to another, and see what they do there.
 *
 * Each system takes its network's mean over the training people of `testSet` off rows of unit length, protects them, and compares by cosine.
 * The attacker fits Procrustes about the origin. Stolen are the probes of the test people; against their enrolment in the target system
 * the figures are taken (see attackFigures). Leaked photographs are drawn person by person, one of each before a second of any.
 *
 * @returns one result for each leak, ascending, without repeats.
 * @throws ValueError when a leak is below 2 or no sibling is named where one is needed, and as prepareStudy and fitUnpaired do.
 */
export async function attackSystem(spec: AttackSpec, context: StudyContext): Promise<AttackResult[]> {
  return (await attackSystems({ only: [spec] }, context)).only;
}

/** Attacks by the parts of a study, which share what the networks gave; the context's progress counts them. @throws as attackSystem does. */
export async function attackSystems<Part extends string>(
  parts: Readonly<Record<Part, readonly AttackSpec[]>>,
  context: StudyContext,
): Promise<Record<Part, AttackResult[]>> {
  const specs = Object.values<readonly AttackSpec[]>(parts).flat();
  specs.forEach(checkAttack);
  const { progress = silent, cache = null } = context;
  const { keyOf, measure } = createAttackMeasure(specs, context);
  const results = new Map<AttackSpec, AttackResult[]>();
  let done = 0;
  for (const spec of specs) {
    const known = cache === null ? null : await cache.get(await keyOf(spec));
    if (known === null) continue;
    results.set(spec, known as AttackResult[]);
    progress.update(++done);
  }
  const missing = specs.filter((spec) => !results.has(spec)).sort((one, other) => workOf(other) - workOf(one)); // else a long one is left alone at the end
  const keep = async (spec: AttackSpec, reached: AttackResult[]): Promise<void> => {
    results.set(spec, reached);
    if (cache !== null) await cache.put(await keyOf(spec), reached);
    progress.update(++done);
  };
  const { workers = 1, engine } = context;
  await onThreadsOrHere(engine, workers > 1 && missing.length >= leastOnWorkers, {
    onThreads: (shared) => attackOnWorkers(missing, { context, shared, workers }, keep),
    async here() {
      for (const spec of missing) await keep(spec, await measure(spec));
    },
  });
  progress.end();
  const found = Object.entries<readonly AttackSpec[]>(parts).map(([part, own]) => [part, own.flatMap((spec) => results.get(spec)!)]);
  return Object.fromEntries(found) as Record<Part, AttackResult[]>;
}

/** How many maps an attack fits at most; one without pairs counts as the many rounds that it takes. */
function workOf({ knowledge, leaks, drawCount = 3 }: AttackSpec): number {
  return leaks.length * drawCount * (isWithoutPairs(knowledge) ? 10 : 1);
}

/** Fewer attacks are done before threads have started and their code is warm. */
const leastOnWorkers = 4;

async function attackOnWorkers(
  specs: readonly AttackSpec[],
  { context, shared, workers }: { readonly context: StudyContext; readonly shared: ThreadEngine; readonly workers: number },
  keep: (spec: AttackSpec, reached: AttackResult[]) => Promise<void>,
): Promise<void> {
  const wanted = specs.map((spec) => ({ ...spec, encoders: networksOf(spec) }));
  const workerData: AttackWorkerStart = { specs, shared: await shareContext(wanted, shared, context) };
  forbidTelemetry();
  const left = [...specs.keys()];
  await runOnWorkers<number, AttackReport>(new URL("./attack-worker.js", import.meta.url), {
    count: Math.min(workers, specs.length),
    workerData,
    next: () => left.shift() ?? null,
    onReport: ({ index, results }) => keep(specs[index], results),
    advice: "attack again; what was measured is in the study's cache",
    signal: context.signal,
  });
}

function checkAttack({ source, knowledge, sibling, leaks }: AttackSpec): void {
  if (knowledge === "sibling-pairs" && sibling === undefined) {
    throw new ValueError(`attackSystem: sibling-pairs on ${source} need a sibling; name another network of its family`);
  }
  if (leaks.length === 0 || leaks.some((leak) => !(leak >= 2))) {
    throw new ValueError(`attackSystem: got leaks of ${leaks.join(", ") || "nothing"}; each must be at least 2 templates`);
  }
}
