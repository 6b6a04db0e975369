import { DataError } from "../core/errors.js";
import type { Engine, ThreadEngine } from "./engine.js";
import { createOnnxEngine } from "./onnx.js";
import { openLibrary } from "./openblas-library.js";
import { createOpenblasEngine } from "./openblas.js";

/**
 * On a worker thread: an engine of one thread like the one whose `onThreads` gave this.
 *
 * @throws DataError when the library that the main thread has open does not open here.
 */
export async function openThreadEngine(shared: ThreadEngine): Promise<Engine> {
  if (shared.name === "onnx") return createOnnxEngine({ threads: 1 });
  const library = await openLibrary(shared.file);
  if (!("problem" in library)) return createOpenblasEngine(library);
  throw new DataError(`openThreadEngine: ${shared.file} does not open on a worker thread (${library.problem}); use the onnx engine`);
}
