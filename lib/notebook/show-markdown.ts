import { displayBundle } from "./display.js";

/** Show prose whose numbers come from variables. */
export function showMarkdown(text: string): void {
  displayBundle({ "text/markdown": text, "text/plain": text });
}
