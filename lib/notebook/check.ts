import { ValueError } from "../core/errors.js";

/**
 * Print what a notebook claims with ✓, or fail the cell.
 *
 * @throws ValueError when the claim does not hold.
 */
export function check(claim: string, holds: boolean, detail = ""): void {
  const line = detail === "" ? claim : `${claim} (${detail})`;
  process.stdout.write(`${holds ? "✓" : "✗"} ${line}\n`);
  if (!holds) throw new ValueError(`check: this does not hold: ${line}; read the cells above before the notebook's numbers`);
}
