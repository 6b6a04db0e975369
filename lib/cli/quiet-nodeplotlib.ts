import { createRequire } from "node:module";

interface NestCommon {
  readonly Logger: { overrideLogger(levels: readonly string[]): void };
}

/** How nodeplotlib's own lines begin. */
const ownLine = "[Nodeplotlib]";

let isQuiet = false;

/**
 * Let nodeplotlib's window say nothing but warnings and errors: of its server's log (Nest) through that log's own levels, and of the lines
 * that it prints to the console by leaving those out. What others print is printed.
 */
export function quietNodeplotlib(): void {
  if (isQuiet) return;
  isQuiet = true;
  const requireFrom = createRequire(createRequire(import.meta.url).resolve("nodeplotlib"));
  (requireFrom("@nestjs/common") as NestCommon).Logger.overrideLogger(["warn", "error"]);
  /* eslint-disable no-console -- nodeplotlib takes no logger, and calls console.log */
  const print = console.log;
  console.log = (...all: unknown[]): void => {
    if (!(typeof all[0] === "string" && all[0].startsWith(ownLine))) print(...all);
  };
  /* eslint-enable no-console */
}
