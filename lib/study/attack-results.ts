import { ValueError } from "../core/errors.js";
import type { AttackResult } from "./attack.js";
import type { AttackFigure } from "./attack-figures.js";
import type { ResultRow } from "./result-row.js";

/** One figure of an attack. @throws ValueError that lists the metrics when it has none of that name. */
export function attackFigure({ figures }: AttackResult, metric: string): AttackFigure {
  const found = figures.find((figure) => figure.metric === metric);
  if (found === undefined) {
    throw new ValueError(`attackFigure: there is no ${metric}; an attack has ${figures.map((figure) => figure.metric).join(", ")}`);
  }
  return found;
}

/** A curve of one kind of knowledge against how much of it leaked. */
export interface AttackCurve {
  readonly label: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** A curve for each knowledge and set that something leaked of, in the order of the results, by the metrics that have an interval. */
export function attackCurves(results: readonly AttackResult[], metric: string): AttackCurve[] {
  const groups = new Map<string, AttackResult[]>();
  for (const result of results) {
    if (result.leak === 0) continue;
    const label = `${result.knowledge}, ${result.fitSet}`;
    groups.set(label, [...(groups.get(label) ?? []), result]);
  }
  return [...groups].map(([label, own]) => {
    const figures = own.map((result) => attackFigure(result, metric));
    return {
      label,
      x: own.map(({ leak }) => leak),
      y: figures.map(({ value }) => value),
      low: figures.map(({ value, low }) => low ?? value),
      high: figures.map(({ value, high }) => high ?? value),
    };
  });
}

/** Attacks as rows of record: the map is what the attacker knew, and after a slash the protection, if any; fitted rows are what leaked. */
export function attackRows(results: readonly AttackResult[], experiment: string): ResultRow[] {
  return results.flatMap(
    ({ source, target, fitSet, testSet, knowledge, protection, leak, figures, galleryCount, probeCount, seed, engine }) =>
      figures.map(({ metric, value, low, high }) => ({
        experiment,
        source,
        target,
        fitSet,
        testSet,
        map: protection === "none" ? knowledge : `${knowledge}/${protection}`,
        frame: "centred",
        metric,
        value,
        low,
        high,
        train: leak,
        gallery: galleryCount,
        probes: probeCount,
        seed,
        engine,
      })),
  );
}
