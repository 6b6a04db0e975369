import type ts from "typescript";
import { judgeCompleteness } from "./completeness.js";
import type { TslabHandler } from "./tslab.js";
import type { Content } from "./wire.js";

/** What a front-end asks about code that is being written. Positions count characters, of which some take two units in JavaScript. */
export interface Questions {
  complete(request: Content): Content;
  inspect(request: Content): Content;
  isComplete(request: Content): Content;
}

export function createQuestions(handler: TslabHandler, compiler: typeof ts): Questions {
  return {
    complete(request) {
      const { code, position } = readPlace(request);
      const { matches, cursor_start: start, cursor_end: end } = handler.handleComplete({ code, cursor_pos: position });
      return {
        status: "ok",
        matches,
        cursor_start: countCharacters(code, start),
        cursor_end: countCharacters(code, end),
        metadata: {},
      };
    },
    inspect(request) {
      const { code, position } = readPlace(request);
      // A cursor behind a name or a call means the name.
      const places = [position, Math.max(0, position - 1), code.slice(0, position).search(/\w\s*\([^()]*$/)];
      for (const place of places.filter((candidate) => candidate >= 0)) {
        const answer = handler.handleInspect({ code, cursor_pos: place });
        if (answer.found === true) return answer;
      }
      return { status: "ok", found: false, data: {}, metadata: {} };
    },
    isComplete(request) {
      return { ...judgeCompleteness(compiler, readText(request)) };
    },
  };
}

function readText(request: Content): string {
  return typeof request.code === "string" ? request.code : "";
}

function readPlace(request: Content): { readonly code: string; readonly position: number } {
  const code = readText(request);
  const asked = typeof request.cursor_pos === "number" ? request.cursor_pos : Infinity;
  let position = 0;
  for (let character = 0; character < asked && position < code.length; character++)
    position += code.codePointAt(position)! > 0xffff ? 2 : 1;
  return { code, position };
}

function countCharacters(code: string, units: number): number {
  return Array.from(code.slice(0, units)).length;
}
