import { createRequire } from "node:module";
import { explainAbsence } from "../core/optional-package.js";

interface NestCommon {
  readonly Logger: { overrideLogger(levels: readonly string[]): void };
}

/** How nodeplotlib's own lines begin. */
const ownLine = "[Nodeplotlib]";

let isQuiet = false;

/**
 * Let nodeplotlib's window say nothing but warnings and errors: of its server's log (Nest) through that log's own levels, and of the lines
 * that it prints to the console by leaving those out. What others print is printed.
 *
 * @throws DataError when nodeplotlib is not installed.
 */
export function quietNodeplotlib(): void {
  if (isQuiet) return;
  const requireFrom = createRequire(findNodeplotlib());
  isQuiet = true;
  (requireFrom("@nestjs/common") as NestCommon).Logger.overrideLogger(["warn", "error"]);
  /* eslint-disable no-console -- nodeplotlib takes no logger, and calls console.log */
  const print = console.log;
  console.log = (...all: unknown[]): void => {
    if (!(typeof all[0] === "string" && all[0].startsWith(ownLine))) print(...all);
  };
  /* eslint-enable no-console */
}

function findNodeplotlib(): string {
  try {
    return createRequire(import.meta.url).resolve("nodeplotlib");
  } catch (error) {
    throw explainAbsence(error, "nodeplotlib", "view");
  }
}
