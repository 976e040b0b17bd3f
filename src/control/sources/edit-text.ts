// Changes fields of one object in the text of a file, and leaves everything else as it was
// written: other objects byte by byte, comments and order in the object itself.

import {
  isCollection,
  isMap,
  isScalar,
  type ParsedNode,
  parseDocument,
  type Scalar,
  type Document as YamlDocument,
} from "yaml";
import { type ObjectName, objectSpans } from "./object-spans.ts";

export type TextEdit = {
  readonly path: readonly (string | number)[];
  readonly value: unknown; // null removes it
};

export type TextEditing =
  | { readonly kind: "edited"; readonly text: string }
  | { readonly kind: "absent" } // no such object in it
  | { readonly kind: "refused"; readonly reason: string };

// The target's kind in any case.
export function editText(
  text: string,
  target: ObjectName,
  edits: readonly TextEdit[],
): TextEditing {
  const span = objectSpans(text).find(
    ({ kind, namespace, name }) =>
      kind.toLowerCase() === target.kind.toLowerCase() &&
      namespace === target.namespace &&
      name === target.name,
  );
  if (!span) return { kind: "absent" };
  let own = text.slice(span.start, span.end);
  for (const { path, value } of edits) {
    const edited = edit(own, path, value);
    if (edited.kind !== "edited") return edited;
    own = edited.text;
  }
  return { kind: "edited", text: text.slice(0, span.start) + own + text.slice(span.end) };
}

function edit(text: string, path: TextEdit["path"], value: unknown): TextEditing {
  const yaml = parseDocument(text, { prettyErrors: false });
  for (let depth = 1; depth < path.length; depth++) {
    const parent = yaml.getIn(path.slice(0, depth), true);
    if (parent === undefined) break;
    if (!isCollection(parent)) {
      return { kind: "refused", reason: `"${path.slice(0, depth).join(".")}" has no fields` };
    }
  }
  const before = yaml.getIn(path, true);
  if (isScalar(before) && !isBlock(before) && isPlain(value)) {
    return replaceScalar(text, before, value);
  }
  if (value === null) yaml.deleteIn(path);
  else yaml.setIn(path, yaml.createNode(value));
  return { kind: "edited", text: written(yaml, text) };
}

// Means the same in any place, without quotes; numbers and words of YAML are no such texts.
const PLAIN = /^(?!(?:true|false|yes|no|on|off|null|nan|inf)$)[A-Za-z_/][-\w./]*$/i;

// A text of several lines, "|" or ">": where it ends isn't where its value does.
function isBlock({ type }: Scalar): boolean {
  return type === "BLOCK_LITERAL" || type === "BLOCK_FOLDED";
}

// One value for another, in place; JSON is YAML wherever it stands.
function replaceScalar(text: string, { range }: Scalar, value: unknown): TextEditing {
  const [start, end] = range!;
  const said = typeof value === "string" && !PLAIN.test(value) ? JSON.stringify(value) : `${value}`;
  return { kind: "edited", text: text.slice(0, start) + said + text.slice(end) };
}

function isPlain(value: unknown): boolean {
  return typeof value === "number" || typeof value === "boolean" || isOneLine(value);
}

function isOneLine(value: unknown): boolean {
  return typeof value === "string" && !value.includes("\n");
}

function written(yaml: YamlDocument<ParsedNode>, text: string): string {
  if (!isMap(yaml.contents)) return text;
  const own = yaml.toString({ directives: false, lineWidth: 0 });
  return text.endsWith("\n") ? `${own.trimEnd()}\n` : own.trimEnd();
}
