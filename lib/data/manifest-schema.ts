import { readFile } from "node:fs/promises";
import path from "node:path";
import type { ErrorObject, ValidateFunction } from "ajv";
import { DataError } from "../core/errors.js";
import { manifestFolder } from "./locate.js";
import { suggest } from "./nearest.js";

export type SchemaName = "encoders" | "face-sets" | "paper" | "downloads";

const compiled = new Map<SchemaName, Promise<ValidateFunction>>();

/**
 * Check a value by one of the JSON Schemas beside the manifests.
 *
 * @param file only for messages.
 * @throws DataError that names the file, the first wrong field, what it holds and what it must be.
 */
export async function checkSchema(value: unknown, schema: SchemaName, file: string): Promise<void> {
  let pending = compiled.get(schema);
  if (!pending) compiled.set(schema, (pending = compile(schema)));
  const validate = await pending;
  if (!validate(value)) throw new DataError(`${file}: ${describe(pickError(validate.errors!))}`);
}

async function compile(schema: SchemaName): Promise<ValidateFunction> {
  // Loaded when it is first needed: most of what imports this layer reads no manifest.
  const { Ajv } = await import("ajv");
  const ajv = new Ajv({ verbose: true, allErrors: true, allowUnionTypes: true, strictTypes: false, strictRequired: false });
  return ajv.compile(JSON.parse(await readFile(path.join(manifestFolder, `${schema}.schema.json`), "utf8")) as object);
}

/** A wrong kind explains every other error, and a key that is not known explains one that is missing; `if` only repeats what its branch says. */
function pickError(errors: readonly ErrorObject[]): ErrorObject {
  return (
    errors.find(({ schemaPath }) => schemaPath === "#/properties/kind/enum") ??
    errors.find(({ keyword }) => keyword === "additionalProperties") ??
    errors.find(({ keyword }) => keyword !== "if")!
  );
}

function describe({ instancePath, keyword, params, data, parentSchema, message }: ErrorObject): string {
  const field = instancePath.slice(1).replaceAll("/", ".").replaceAll("~1", "/").replaceAll("~0", "~");
  const inside = (key: string): string => (field === "" ? key : `${field}.${key}`);
  const keys = Object.keys((parentSchema?.properties ?? {}) as object);
  const got = `${field === "" ? "the file" : `field ${field}`} is ${shorten(data)}`;
  const hint = typeof parentSchema?.description === "string" ? ` (${parentSchema.description})` : "";
  switch (keyword) {
    case "additionalProperties": {
      const key = params.additionalProperty as string;
      return `field ${inside(key)} is not known${suggest(key, keys) || `; known here: ${keys.join(", ")}`}`;
    }
    case "required":
      return `field ${inside(params.missingProperty as string)} is missing; add it`;
    case "enum":
    case "const": {
      const allowed = keyword === "enum" ? (params.allowedValues as unknown[]) : [params.allowedValue as unknown];
      const words = allowed.filter((word) => typeof word === "string");
      return `${got}; it must be ${allowed.map((one) => JSON.stringify(one)).join(" or ")}${typeof data === "string" ? suggest(data, words) : ""}`;
    }
    case "type":
      return `${got}; it must be ${[params.type as string | string[]].flat().join(" or ")}${hint}`;
    default:
      return `${got}; it ${message!}${hint}`;
  }
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
