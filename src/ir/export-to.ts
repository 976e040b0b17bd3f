// exportTo of Istio's objects: the namespaces that may use one.

import type { FieldReader } from "./field-reader.ts";
import { isDnsLabel } from "./read-document.ts";

const EXPECTED = '"." (its own), "*" (all), "~" (none), or the name of a namespace';

// Undefined: all.
export function readExportTo(
  reader: FieldReader,
  namespace: string,
): readonly string[] | undefined {
  const names = reader.texts("exportTo");
  for (const [i, name] of names.entries()) {
    if (!isExport(name)) reader.invalidAt(["exportTo", i], name, EXPECTED);
    if (name !== "*" && names.includes("*") && isExport(name)) {
      reader.invalidAt(["exportTo", i], name, 'absent beside "*", which holds for all');
    }
  }
  return namespacesOf(names, namespace);
}

export function namespacesOf(
  names: readonly string[],
  namespace: string,
): readonly string[] | undefined {
  if (names.length === 0 || names.includes("*")) return undefined;
  return names.filter((name) => name !== "~").map((name) => (name === "." ? namespace : name));
}

export function isExport(name: string): boolean {
  return name === "." || name === "*" || name === "~" || isDnsLabel(name);
}
