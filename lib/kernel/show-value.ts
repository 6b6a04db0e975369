import { inspect } from "node:util";
import type { MimeBundle } from "../notebook/nbformat.js";

/** What a value says of itself under `Symbol.for("Jupyter.display")`, or its inspection. */
export async function showValue(value: unknown): Promise<MimeBundle> {
  const method = (value as Record<symbol, unknown> | null)?.[Symbol.for("Jupyter.display")];
  if (typeof method === "function") return encodeBinary((await method.call(value)) as MimeBundle);
  return { "text/plain": inspect(value, { colors: false }) };
}

/** The bundle with its bytes as base64. */
export function encodeBinary(data: MimeBundle): MimeBundle {
  const forms = Object.entries(data).map(([type, form]) => [
    type,
    form instanceof Uint8Array ? Buffer.from(form).toString("base64") : form,
  ]);
  return Object.fromEntries(forms) as MimeBundle;
}
