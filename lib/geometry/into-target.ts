import type { AlignmentMap } from "../align/map.js";
import { ValueError } from "../core/errors.js";

/** @throws ValueError when the map leads to a space other than the target's. */
export function checkIntoTarget({ name, targetWeights }: AlignmentMap, caller: string): void {
  if (targetWeights !== null) {
    throw new ValueError(`${caller}: ${name} compares source and target in a third space; choose a map into the target's`);
  }
}
