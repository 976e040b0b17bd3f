// What would be right, in words, for a keyword of a schema that a value doesn't fit.

import type { CrdSchema } from "./crd-schema.ts";

const TYPES: ReadonlyMap<string, string> = new Map([
  ["array", "a list"],
  ["boolean", "true or false"],
  ["integer", "a whole number"],
  ["number", "a number"],
  ["object", "an object"],
  ["string", "text"],
]);

// Keywords that say a number: what stands before and after it.
const BOUNDS: ReadonlyMap<string, readonly [before: string, after: string]> = new Map([
  ["maxItems", ["a list of at most", "items"]],
  ["maxLength", ["text of at most", "characters"]],
  ["maxProperties", ["an object of at most", "fields"]],
  ["maximum", ["at most", ""]],
  ["minItems", ["a list of at least", "items"]],
  ["minLength", ["text of at least", "characters"]],
  ["minProperties", ["an object of at least", "fields"]],
  ["minimum", ["at least", ""]],
]);

export function expectedText(keyword: string, schema: CrdSchema): string {
  const bound = BOUNDS.get(keyword);
  const value = (schema as Readonly<Record<string, unknown>>)[keyword];
  if (bound) return [bound[0], value, bound[1]].filter((part) => part !== "").join(" ");
  switch (keyword) {
    case "enum":
      return `one of ${(schema.enum ?? []).join(", ")}`;
    case "pattern":
      return `text of the form ${value}`;
    case "format":
      return `${TYPES.get(schema.type ?? "") ?? "a value"} of the format ${value}`;
    case "oneOf":
      return `an object with at most one of ${alternatives(schema).join(", ")}`;
    default:
      return TYPES.get(schema.type ?? "") ?? "a value that the kind's schema allows";
  }
}

// Istio's schemas say "at most one of these fields" as a choice between requiring each of them.
function alternatives({ oneOf = [], allOf = [] }: CrdSchema): readonly string[] {
  const own = oneOf.flatMap(({ required = [] }) => required);
  return [...own, ...allOf.flatMap(alternatives)];
}
