import type { MomentsOptions } from "../align/cloud.js";
import { applyMap } from "../align/map.js";
import { computeMoments } from "../align/moments.js";
import { aboutOrigin } from "../align/origin.js";
import { fitBareProcrustes } from "../align/procrustes.js";
import { fitUnpaired } from "../align/unpaired.js";
import { matrix32, takeRows, type Matrix32 } from "../core/matrix.js";
import { permutation, type Random } from "../core/random.js";
import type { ProtectRows } from "./protect-templates.js";

/**
 * What an attacker has to carry stolen templates over with; never of people who are tested.
 *
 * `replay`: the attacked system's own templates of these photographs, what a theft reaches where nothing is changed. `nothing`: coordinates are read
 * by their index. `pairs`: templates of the same photographs in both systems, as the systems keep them.
 * `bare-pairs`: the same of the networks, without the systems' secrets. `sibling-pairs`: pairs of another network, which the stolen
 * templates are taken to come from. Without any pairs, templates of both systems, unordered: of the same photographs
 * (`same-photographs`), of other photographs of the same people (`same-people`), or of other people (`other-people`).
 */
export type AttackKnowledge =
  "replay" | "nothing" | "pairs" | "bare-pairs" | "sibling-pairs" | "same-photographs" | "same-people" | "other-people";

/** Whether templates leak in no order, so that pairs must be found among them. */
export function isWithoutPairs(knowledge: AttackKnowledge): boolean {
  return knowledge === "same-photographs" || knowledge === "same-people" || knowledge === "other-people";
}

/** Templates of the same photographs, row by row: as the network gives them less the system's mean, and as the system keeps them. */
export interface KnownRows {
  readonly bare: Matrix32;
  readonly kept: Matrix32;
}

/** An attacker, and all that could leak to them. */
export interface Attacker {
  readonly knowledge: AttackKnowledge;
  /** Of each row. */
  readonly identities: readonly string[];
  readonly source: KnownRows;
  readonly target: KnownRows;
}

/** How many pairs, or templates of each system, an attacker of that knowledge can have; none where nothing is known. */
export function mostLeaked({ knowledge, identities }: Attacker): number {
  if (knowledge === "replay" || knowledge === "nothing") return 0;
  return knowledge === "same-people" || knowledge === "other-people" ? Math.floor(0.45 * identities.length) : identities.length;
}

/**
 * Learn, from so many leaked pairs or templates, to carry templates of the source system over to the target system.
 *
 * Maps are Procrustes about the origin, since the systems have taken their means off already. Where widths differ from what was learnt on,
 * coordinates are cut off or zeros appended.
 *
 * @throws as the maps do.
 */
export async function learnToCarry(attacker: Attacker, leak: number, random: Random, options: MomentsOptions): Promise<ProtectRows> {
  const { knowledge, identities, source, target } = attacker;
  const width = target.kept.columns;
  switch (knowledge) {
    case "replay":
    case "nothing":
      return (rows) => Promise.resolve(toWidth(rows, width));
    case "pairs":
    case "sibling-pairs":
      return fitPairs(source.kept, target.kept);
    case "bare-pairs":
      return fitPairs(source.bare, target.bare);
    case "same-photographs": {
      const rows = wholePeople(identities, random).slice(0, leak);
      return match(rows, permutation(leak, random).map((i) => rows[i])); // prettier-ignore
    }
    case "same-people":
    case "other-people": {
      const [one, other] = halves(identities, knowledge === "same-people", random);
      return match(one.slice(0, leak), other.slice(0, leak));
    }
  }

  async function fitPairs(from: Matrix32, to: Matrix32): Promise<ProtectRows> {
    const rows = oneOfEach(identities, random).slice(0, leak);
    const names = Array.from(rows, (row) => identities[row]);
    const moments = aboutOrigin(await computeMoments(takeRows(from, rows), takeRows(to, rows), names, options));
    const map = await fitBareProcrustes(moments, options);
    return async (stolen) => toWidth(await applyMap(map, toWidth(stolen, map.sourceDimension), options), width);
  }

  async function match(from: Int32Array, to: Int32Array): Promise<ProtectRows> {
    const name = (row: number): string => identities[row];
    const { map } = await fitUnpaired(
      {
        source: takeRows(source.kept, from),
        target: takeRows(target.kept, to),
        sourceIdentities: Array.from(from, name),
        targetIdentities: Array.from(to, name),
      },
      options,
    );
    return (stolen) => applyMap(map, stolen, { frame: "raw", ...options });
  }
}

/** Rows person by person in random order: one of each, then a second of each who has one, and so on. */
function oneOfEach(identities: readonly string[], random: Random): Int32Array {
  const people = shuffledPeople(identities, random);
  const most = people.reduce((count, rows) => Math.max(count, rows.length), 0);
  const rounds = Array.from({ length: most }, (_, round) => people.flatMap((rows) => rows.slice(round, round + 1)));
  return Int32Array.from(rounds.flat());
}

/** Rows person by person in random order, all of each together. */
function wholePeople(identities: readonly string[], random: Random): Int32Array {
  return Int32Array.from(shuffledPeople(identities, random).flat());
}

/** Two lists of rows that share no photograph: half of those of each person, or all of half of the people. */
function halves(identities: readonly string[], ofPeople: boolean, random: Random): [Int32Array, Int32Array] {
  const people = shuffledPeople(identities, random);
  const split = (isSecond: boolean): Int32Array =>
    Int32Array.from(
      people.flatMap((rows, i) =>
        ofPeople ? rows.filter((_, place) => place % 2 === Number(isSecond)) : i % 2 === Number(isSecond) ? rows : [],
      ),
    );
  return [split(false), split(true)];
}

/** The rows of each person, in random order within and among people. */
function shuffledPeople(identities: readonly string[], random: Random): number[][] {
  const people = new Map<string, number[]>();
  for (const row of permutation(identities.length, random)) people.set(identities[row], [...(people.get(identities[row]) ?? []), row]);
  return [...people.values()];
}

/** Rows with their last coordinates cut off, or with zeros after them. */
function toWidth({ rows, columns, data }: Matrix32, width: number): Matrix32 {
  const fitted = matrix32(rows, width);
  const kept = Math.min(columns, width);
  for (let i = 0; i < rows; i++) fitted.data.set(data.subarray(i * columns, i * columns + kept), i * width);
  return fitted;
}
