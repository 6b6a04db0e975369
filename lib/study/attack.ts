import { lessMean } from "../align/rows.js";
import { ValueError } from "../core/errors.js";
import { silent } from "../core/progress.js";
import { createRandom } from "../core/random.js";
import type { EngineName } from "../linalg/engine.js";
import { attackFigures, type AttackFigures } from "./attack-figures.js";
import { learnToCarry, mostLeaked, type AttackKnowledge, type KnownRows } from "./attacker.js";
import { prepareStudy, type PreparedStudy } from "./prepare-study.js";
import { prepareProtection, type ProtectRows, type TemplateProtection } from "./protect-templates.js";
import { scoreTest, type ScoredTest } from "./subject-figures.js";
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
  return attackSystems([spec], context);
}

/** Several attacks, one after the other, which share what the networks gave; the context's progress counts them. @throws as attackSystem does. */
export async function attackSystems(specs: readonly AttackSpec[], context: StudyContext): Promise<AttackResult[]> {
  const { progress = silent } = context;
  const encoders = [
    ...new Set(specs.flatMap(({ source, target, sibling }) => [source, target, ...(sibling === undefined ? [] : [sibling])])),
  ];
  const pairs = encoders.map((source) => ({ source, target: encoders[0] }));
  const studies = new Map<string, Promise<PreparedStudy>>();
  const prepare = (fitSet: string, { testSet, seed }: AttackSpec): Promise<PreparedStudy> => {
    const key = JSON.stringify([fitSet, testSet, seed]);
    const study = studies.get(key) ?? prepareStudy({ pairs, fitSet, testSet, seed }, context);
    studies.set(key, study);
    return study;
  };
  const results: AttackResult[] = [];
  for (const [i, spec] of specs.entries()) {
    checkAttack(spec);
    const [own, known] = [await prepare(spec.testSet, spec), await prepare(spec.fitSet, spec)];
    const networks = [spec.source, spec.target, spec.sibling ?? spec.source];
    const keyOf = (study: PreparedStudy): unknown => networks.map((source) => study.keyFor({ source, target: spec.target }, "attack"));
    results.push(...(await recall([spec, keyOf(own), keyOf(known)], context, () => attackPrepared(spec, own, known, context))));
    progress.update(i + 1);
  }
  progress.end();
  return results;
}

/** What the context's cache holds under a key, else what is measured now, which is kept. */
async function recall(key: unknown, { cache = null }: StudyContext, measure: () => Promise<AttackResult[]>): Promise<AttackResult[]> {
  const known = cache === null ? null : await cache.get(key);
  if (known !== null) return known as AttackResult[];
  const results = await measure();
  await cache?.put(key, results);
  return results;
}

function checkAttack({ source, knowledge, sibling, leaks }: AttackSpec): void {
  if (knowledge === "sibling-pairs" && sibling === undefined) {
    throw new ValueError(`attackSystem: sibling-pairs on ${source} need a sibling; name another network of its family`);
  }
  if (leaks.length === 0 || leaks.some((leak) => !(leak >= 2))) {
    throw new ValueError(`attackSystem: got leaks of ${leaks.join(", ") || "nothing"}; each must be at least 2 templates`);
  }
}

/** One attack, with `own` for what the systems are made of and `known` for what leaks. */
async function attackPrepared(spec: AttackSpec, own: PreparedStudy, known: PreparedStudy, context: StudyContext): Promise<AttackResult[]> {
  const { source, target, knowledge, fitSet, testSet, seed, drawCount = 3, protection = "none", sibling } = spec;
  const { signal } = context;
  const learntFrom = knowledge === "sibling-pairs" ? sibling! : source;
  const deploy = async (encoder: string, secret: number): Promise<System> => {
    const { cloud } = await own.network(encoder);
    const protect = await prepareProtection(protection, cloud.mean.length, secret, context);
    const leaked = lessMean((await known.network(encoder)).train, cloud.mean);
    return { keep: (rows) => protect(lessMean(rows, cloud.mean)), leaked: { bare: leaked, kept: await protect(leaked) } };
  };
  const [secretOfSource, secretOfTarget] = [2 * seed + 1, 2 * seed + 2];
  const [robbed, attacked] = [await deploy(source, secretOfSource), await deploy(target, secretOfTarget)];
  const learnt = learntFrom === source ? robbed : await deploy(learntFrom, secretOfSource);
  const { gallery: enrolment, probes: genuine } = await own.network(target);
  const gallery = await attacked.keep(enrolment);
  const replayed = await attacked.keep(genuine);
  const stolen = knowledge === "replay" ? replayed : await robbed.keep((await own.network(source)).probes);
  const reference = await scoreTest(replayed, gallery, own.names, context);

  const { trainIdentities: identities } = await known.network(source);
  const attacker = { knowledge, identities, source: learnt.leaked, target: attacked.leaked };
  const most = mostLeaked(attacker);
  const leaks = [...new Set(spec.leaks.map((leak) => Math.min(leak, most)))].sort((one, other) => one - other);
  const attack = { source, target, knowledge, protection, fitSet, testSet, seed, engine: context.engine.name };
  const tested = { galleryCount: gallery.rows, probeCount: stolen.rows };
  const results: AttackResult[] = [];
  for (const leak of leaks) {
    const draws: ScoredTest[] = [];
    for (let draw = 0; draw < (leak === most ? 1 : drawCount); draw++) {
      signal?.throwIfAborted();
      const carry = await learnToCarry(attacker, leak, createRandom(1000 * seed + draw), context);
      draws.push(await scoreTest(await carry(stolen), gallery, own.names, context));
    }
    const reached = await attackFigures(draws, reference, { seed, signal });
    results.push({ ...attack, ...tested, leak, ...reached });
  }
  return results;
}

/** A network in use. */
interface System {
  /** Rows of unit length as the system keeps them. */
  readonly keep: ProtectRows;
  /** What of it an attacker can have. */
  readonly leaked: KnownRows;
}
