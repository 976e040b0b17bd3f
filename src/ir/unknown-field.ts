// What to say of a field that nobody asked for.

import type { Finding } from "./field-reader.ts";
import { knownText } from "./known-text.ts";
import { nearestName } from "./nearest-name.ts";

// `known`: what was asked for at this place; `unsaid` is left out of what is shown of it.
export function unknownField(
  name: string,
  known: ReadonlySet<string>,
  unsaid: readonly string[],
): Finding {
  const near = nearestName(name, known);
  const all = [...known].filter((each) => !unsaid.includes(each));
  const instead = knownText(all);
  return {
    severity: "error",
    code: "WEFT105",
    message: `"${name}" is no field of this kind at this place`,
    remedy: near === undefined ? instead : `Did you mean "${near}"?`,
  };
}
