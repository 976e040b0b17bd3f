// A regular expression of a schema. They are Go's (RE2), and run in linear time: what they are held
// against comes from documents.

import { createRequire } from "node:module";
import type { RE2JS } from "re2js";

type Package = typeof import("re2js");

// `toString` is what ajv tells patterns apart by.
export type GoPattern = { test(text: string): boolean; toString(): string };

// Finds the pattern anywhere in a text. Throws if it is none.
export function goPattern(source: string): GoPattern {
  const { RE2JS: re2 } = createRequire(import.meta.url)("re2js") as Package;
  const compiled: RE2JS = re2.compile(source);
  return { test: (text) => compiled.matcher(text).find(), toString: () => source };
}
