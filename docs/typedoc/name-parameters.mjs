import { Converter, ReflectionKind } from "typedoc";

/** A parameter that the signature takes apart has no name of its own: call it by its type, and `options` where that is a type of options. */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE, (_, reflection) => {
    if (!reflection.kindOf(ReflectionKind.Parameter) || !reflection.name.startsWith("__namedParameters")) return;
    const type = reflection.type?.type === "reference" ? reflection.type.name : "Options";
    reflection.name = type.endsWith("Options") ? "options" : type[0].toLowerCase() + type.slice(1);
  });
}
