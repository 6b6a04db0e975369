import { setFlagsFromString } from "node:v8";

/**
 * Let V8 collect garbage in one go, not in steps beside the work. For a process of our own: its flags are those of all its threads.
 *
 * Large arrays come and go so fast here that the steps never end, on every core: they took a third of a study's processor time.
 */
export function collectAtOnce(): void {
  setFlagsFromString("--no-incremental-marking");
}
