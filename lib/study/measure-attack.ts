import { lessMean } from "../align/rows.js";
import { createRandom } from "../core/random.js";
import type { AttackResult, AttackSpec } from "./attack.js";
import { attackFigures } from "./attack-figures.js";
import { learnToCarry, mostLeaked, type KnownRows } from "./attacker.js";
import { prepareStudy, type PreparedStudy } from "./prepare-study.js";
import { prepareProtection, type ProtectRows, type TemplateProtection } from "./protect-templates.js";
import type { StudyContext } from "./study-spec.js";
import { scoreTest, type ScoredTest } from "./subject-figures.js";

export interface AttackMeasure {
  /** All that an attack's results depend on, beside the code. */
  readonly keyOf: (spec: AttackSpec) => Promise<unknown>;
  readonly measure: (spec: AttackSpec) => Promise<AttackResult[]>;
}

/** Measure attacks one by one; what the networks give is prepared once for those of the same sets and seed. */
export function createAttackMeasure(specs: readonly AttackSpec[], context: StudyContext): AttackMeasure {
  const encoders = [...new Set(specs.flatMap(networksOf))];
  const pairs = encoders.map((source) => ({ source, target: encoders[0] }));
  const prepare = remember((fitSet: string, testSet: string, seed: number) => prepareStudy({ pairs, fitSet, testSet, seed }, context));
  const protect = remember((protection: TemplateProtection, width: number, secret: number) => prepareProtection(protection, width, secret, context)); // prettier-ignore
  const both = async (spec: AttackSpec): Promise<[own: PreparedStudy, known: PreparedStudy]> => [
    await prepare(spec.testSet, spec.testSet, spec.seed),
    await prepare(spec.fitSet, spec.testSet, spec.seed),
  ];
  return {
    async keyOf(spec) {
      const { target } = spec;
      const keys = (await both(spec)).map(({ keyFor }) => networksOf(spec).map((source) => keyFor({ source, target }, "attack")));
      return [spec, ...keys];
    },
    measure: async (spec) => measureAttack(spec, ...(await both(spec)), { ...context, protect }),
  };
}

/** Make it once for the same arguments. */
function remember<Arguments extends readonly (string | number)[], Made>(
  make: (...of: Arguments) => Promise<Made>,
): (...of: Arguments) => Promise<Made> {
  const known = new Map<string, Promise<Made>>();
  return (...of) => {
    const key = JSON.stringify(of);
    const made = known.get(key) ?? make(...of);
    known.set(key, made);
    return made;
  };
}

/** Every network of an attack. */
export function networksOf({ source, target, sibling }: AttackSpec): string[] {
  return [source, target, ...(sibling === undefined ? [] : [sibling])];
}

/** One attack, with `own` for what the systems are made of and `known` for what leaks. */
async function measureAttack(
  spec: AttackSpec,
  own: PreparedStudy,
  known: PreparedStudy,
  context: StudyContext & { readonly protect: (protection: TemplateProtection, width: number, secret: number) => Promise<ProtectRows> },
): Promise<AttackResult[]> {
  const { source, target, knowledge, fitSet, testSet, seed, drawCount = 3, protection = "none", sibling } = spec;
  const { signal } = context;
  const learntFrom = knowledge === "sibling-pairs" ? sibling! : source;
  const deploy = async (encoder: string, secret: number): Promise<System> => {
    const { cloud } = await own.network(encoder);
    const protect = await context.protect(protection, cloud.mean.length, secret);
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
  const figuresOf = attackFigures(await scoreTest(replayed, gallery, own.names, context), { seed, signal });

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
    results.push({ ...attack, ...tested, leak, ...(await figuresOf(draws)) });
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
