import type { MimeBundle } from "../notebook/nbformat.js";
import type { CellError } from "./cell-error.js";

export type StreamName = "stdout" | "stderr";

/** A display as tslab's hook takes it. */
export interface Display {
  readonly data: MimeBundle;
  readonly metadata: MimeBundle;
  readonly displayId: string | null;
  /** Takes the place of the earlier display of the same id. */
  readonly update: boolean;
}

/** Where what a cell says goes, while it runs and after. */
export interface Sinks {
  stream(name: StreamName, text: string): void;
  display(display: Display): void;
  /** The value of the cell's last statement. */
  result(data: MimeBundle): void;
  /** Take back what was shown; when `wait`, only once something follows. */
  clear(wait: boolean): void;
  /** What the cell had started failed after its end. Without this sink the cell that runs then, or the next one, fails. */
  lateError?(error: CellError): void;
}
