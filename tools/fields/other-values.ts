// Values that a field might have instead of the one it has: absent, or another of the same sort.

import type { CrdSchema } from "#control/schemas/crd-schema.ts";
import type { Json } from "#ir/document.ts";

const TEXTS = ["7s", "/other", "other", "other.example", "*.other.example", "10.9.8.7", "https"];

// Those that say most come first. `undefined` takes the field away.
export function otherValues(value: Json, schema: CrdSchema): readonly (Json | undefined)[] {
  if (schema.enum) return [...schema.enum.filter((each) => each !== value), undefined];
  switch (typeof value) {
    case "boolean":
      return [!value, undefined];
    case "number":
      return [value + 1, value - 1, value * 2, undefined];
    case "string":
      return [`${value}x`, ...TEXTS.filter((each) => each !== value), undefined];
    default:
      if (!Array.isArray(value)) return [undefined];
      return [value.slice(1), [...value, ...value], ...otherTexts(schema), undefined];
  }
}

function otherTexts({ items }: CrdSchema): readonly Json[] {
  return items?.type === "string" && !items.enum ? [["other"]] : [];
}
