// Manifests with changes made to some of their objects. What is not changed comes out as it was,
// byte for byte; what is changed keeps its comments and the order of its fields.

import { type Document, LineCounter, parseAllDocuments } from "yaml";
import { LIMITS } from "#base/limits.ts";
import type { Patch } from "#control/kubernetes/injection/patch.ts";
import { yamlRemedy } from "#control/sources/yaml-remedy.ts";
import { yamlValue } from "#control/sources/yaml-value.ts";
import type { FieldPath, Json, JsonObject } from "#ir/document.ts";
import { isJsonObject } from "#ir/json-object.ts";
import { patchYaml } from "./patch-yaml.ts";

export type Editing =
  | { readonly kind: "edited"; readonly text: string }
  // Where, and what is wrong: "line 3: ...".
  | { readonly kind: "unreadable"; readonly reason: string };

// What of an object has to change; [] leaves it as it is.
export type EditObject = (object: JsonObject) => Patch;

export function editManifests(text: string, edit: EditObject): Editing {
  if (Buffer.byteLength(text) > LIMITS.manifestBytesMax) {
    return unreadable(`it has more than ${LIMITS.manifestBytesMax} bytes`);
  }
  const lines = new LineCounter();
  const options = { lineCounter: lines, prettyErrors: false, uniqueKeys: false } as const;
  let end = 0;
  let edited = "";
  for (const yaml of parseAllDocuments(text, options)) {
    const at = (offset: number) => `line ${Math.max(1, lines.linePos(offset).line)}`;
    const [error] = yaml.errors;
    if (error) {
      return unreadable(`${at(error.pos[0])}: ${error.message}. ${yamlRemedy(error.code)}`);
    }
    const converted = yamlValue(yaml);
    if ("problem" in converted) {
      const { offset, message, remedy } = converted.problem;
      return unreadable(`${at(offset)}: ${message}. ${remedy}`);
    }
    const source = text.slice(end, yaml.range[2]);
    end = yaml.range[2];
    const patch = patchOf(converted.value, [], edit);
    if (patch.length === 0) edited += source;
    else {
      patchYaml(yaml, converted.value, patch);
      edited += textOf(yaml, source);
    }
  }
  return { kind: "edited", text: edited + text.slice(end) };
}

function unreadable(reason: string): Editing {
  return { kind: "unreadable", reason };
}

// A List has objects in it.
function patchOf(value: Json, at: FieldPath, edit: EditObject): Patch {
  if (!isJsonObject(value)) return [];
  const { kind, items } = value;
  if (typeof kind === "string" && kind.endsWith("List") && Array.isArray(items)) {
    return items.flatMap((item: Json, i) => patchOf(item, [...at, "items", i], edit));
  }
  return edit(value).map((operation) => ({ ...operation, path: [...at, ...operation.path] }));
}

// As its author writes it: JSON as JSON, and lists as far in as he has them.
function textOf(yaml: Document, source: string): string {
  if (source.trimStart().startsWith("{")) {
    return `${JSON.stringify(yaml.toJS({ maxAliasCount: 0 }), undefined, 2)}\n`;
  }
  return yaml.toString({
    lineWidth: 0,
    indentSeq: !/^( *)[\w./-]+:[ \t]*(?:#.*)?\n\1- /m.test(source),
    flowCollectionPadding: !/\{\S/.test(source),
  });
}
