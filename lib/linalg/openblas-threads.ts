import type { Engine } from "./engine.js";
import type { OpenblasLibrary } from "./openblas-library.js";

/**
 * `Engine.onThreads` of a library: while such work goes on each call takes one thread, since calls at once share the cores already, and
 * since the count of threads decides on the last bits; after the last such work as many as before.
 */
export function shareLibrary(
  { file }: OpenblasLibrary,
  { get, set }: NonNullable<OpenblasLibrary["threadCount"]>,
): Pick<Engine, "onThreads"> {
  let running = 0;
  let usual = 1;
  return {
    async onThreads(work) {
      if (running++ === 0) {
        usual = get();
        set(1);
      }
      try {
        return await work({ name: "openblas", file });
      } finally {
        if (--running === 0) set(usual);
      }
    },
  };
}
