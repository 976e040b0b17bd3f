// Where each object of a file stands in its text, between two lines of dashes.

import { isMap, parseDocument } from "yaml";

export type ObjectName = {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
};

// `end` is the place after its last character.
export type ObjectSpan = ObjectName & { readonly start: number; readonly end: number };

const DEFAULT_NAMESPACE = "default";
// At the beginning of a line it parts documents wherever it stands, also inside a text of several
// lines (YAML 1.2.2, 9.1.2).
const PARTING = /^---(?=\s|$).*(?:\n|$)/gm;

// Objects that can't be read, and items of lists, are left out.
export function objectSpans(text: string): readonly ObjectSpan[] {
  const spans: ObjectSpan[] = [];
  let start = 0;
  for (const parting of [...text.matchAll(PARTING), undefined]) {
    const end = parting?.index ?? text.length;
    const name = nameOf(text.slice(start, end));
    if (name) spans.push({ ...name, start, end });
    start = end + (parting?.[0].length ?? 0);
  }
  return spans;
}

function nameOf(text: string): ObjectName | undefined {
  const yaml = parseDocument(text, { prettyErrors: false });
  if (yaml.errors.length > 0 || !isMap(yaml.contents)) return undefined;
  const [kind, name] = [yaml.get("kind"), yaml.getIn(["metadata", "name"])];
  const namespace = yaml.getIn(["metadata", "namespace"]) ?? DEFAULT_NAMESPACE;
  if (typeof kind !== "string" || typeof name !== "string") return undefined;
  return typeof namespace === "string" ? { kind, namespace, name } : undefined;
}
