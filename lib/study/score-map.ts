import { applyMap, placeTargets, type AlignmentMap, type Frame } from "../align/map.js";
import { ShapeError, SplitError, ValueError } from "../core/errors.js";
import type { Matrix32 } from "../core/matrix.js";
import { evaluate, type EvaluateOptions, type Evaluation } from "./evaluate.js";

/** Rows of unit length that a map is scored on. Identities are named as `lfw/Ann_Veneman`. */
export interface TestRows {
  /** n × p, of the source network. */
  readonly probes: Matrix32;
  /** m × q, of the target network. */
  readonly gallery: Matrix32;
  readonly probeIdentities: readonly string[];
  readonly galleryIdentities: readonly string[];
  /** What these people are called in other face sets. */
  readonly otherNames: readonly string[];
}

export interface ScoreMapOptions extends EvaluateOptions {
  /** @defaultValue "centred" */
  readonly frame?: Frame;
  /**
   * Why it is right to score the map on people that it was fitted on, such as `"training error, for the gap to test error"`. Whoever names
   * no reason gets a SplitError. @defaultValue nobody who was seen is scored
   */
  readonly allowSeen?: string;
}

/**
 * Map the probes, and identify and verify them against the gallery, where the map compares them.
 *
 * @throws SplitError when the map was fitted on somebody who is scored and no reason allows it; ShapeError when the gallery is not as
 * wide as the map's target; ValueError when the reason is empty.
 */
export async function scoreMap(map: AlignmentMap, test: TestRows, { frame, allowSeen, ...options }: ScoreMapOptions): Promise<Evaluation> {
  const { engine, signal } = options;
  const placing = { engine, signal, ...(frame === undefined ? {} : { frame }), ...(allowSeen === undefined ? {} : { allowSeen }) };
  const { probes, gallery } = await placeTest(map, test, placing);
  return evaluate(probes, gallery, { probes: test.probeIdentities, gallery: test.galleryIdentities }, options);
}

/** Probes, mapped, and gallery rows, both where the map compares them. @throws as scoreMap does. */
export async function placeTest(
  map: AlignmentMap,
  test: TestRows,
  { frame = "centred", allowSeen, engine, signal }: Pick<ScoreMapOptions, "frame" | "allowSeen" | "engine" | "signal">,
): Promise<{ readonly probes: Matrix32; readonly gallery: Matrix32 }> {
  if (allowSeen === undefined) checkUnseen(map, test);
  else if (allowSeen.trim() === "")
    throw new ValueError("scoreMap: allowSeen is empty; say why people who were fitted on may be scored, or leave it out");
  if (test.gallery.columns !== map.targetDimension) {
    throw new ShapeError(
      `scoreMap: the gallery is ${test.gallery.columns} wide and ${map.name} maps to ${map.targetDimension}; pass rows of its target network`,
    );
  }
  return {
    probes: await applyMap(map, test.probes, { frame, engine, signal }),
    gallery: await placeTargets(map, test.gallery, { frame, engine, signal }),
  };
}

function checkUnseen(map: AlignmentMap, { probeIdentities, galleryIdentities, otherNames }: TestRows): void {
  const fitted = new Set(map.identities);
  const seen = [...new Set([...probeIdentities, ...galleryIdentities, ...otherNames])].filter((name) => fitted.has(name));
  if (seen.length > 0) {
    throw new SplitError(
      `scoreMap: ${map.name} was fitted on ${seen.length} of the people it is scored on, ${seen[0]} among them; score it on others, fit it without them, or say in allowSeen why this is right`,
    );
  }
}
