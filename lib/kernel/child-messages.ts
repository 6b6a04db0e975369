import type { MimeBundle } from "../notebook/nbformat.js";
import type { Outcome } from "./session.js";
import type { Display, StreamName } from "./sinks.js";

/** What the runner asks its child: run one cell. */
export interface ParentMessage {
  readonly code: string;
}

/** What the child answers, in the order in which it happened. */
export type ChildMessage =
  | { readonly type: "ready"; readonly languageVersion: string }
  | { readonly type: "stream"; readonly name: StreamName; readonly text: string }
  | { readonly type: "display"; readonly display: Display }
  | { readonly type: "result"; readonly data: MimeBundle }
  | { readonly type: "clear"; readonly wait: boolean }
  | { readonly type: "done"; readonly outcome: Outcome };
