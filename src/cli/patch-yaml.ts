// A patch carried out on parsed YAML, so that comments and the order of fields stay.

import { type Document, isAlias, isMap, isScalar, isSeq, visit } from "yaml";
import type { Patch, PatchOperation } from "#control/kubernetes/injection/patch.ts";
import type { FieldPath, Json } from "#ir/document.ts";

// `value`: the document's, as plain JSON.
export function patchYaml(yaml: Document, value: Json, patch: Patch): void {
  // What two places share can't be changed in one of them.
  if (hasAliases(yaml)) {
    yaml.contents = yaml.createNode(value, {
      aliasDuplicateObjects: false,
    }) as typeof yaml.contents;
  }
  for (const operation of patch) apply(yaml, operation);
}

function hasAliases(yaml: Document): boolean {
  let found = false;
  visit(yaml, (_, node) => {
    if (!isAlias(node)) return undefined;
    found = true;
    return visit.BREAK;
  });
  return found;
}

function apply(yaml: Document, operation: PatchOperation): void {
  const { path } = operation;
  if (operation.op === "remove") {
    yaml.deleteIn(path);
    return;
  }
  const node = yaml.createNode(operation.value, { aliasDuplicateObjects: false });
  const parent = yaml.getIn(path.slice(0, -1), true);
  const last = path.at(-1)!;
  if (isSeq(parent) && operation.op === "add") {
    parent.items.splice(last === "-" ? parent.items.length : Number(last), 0, node);
  } else if (isMap(parent) || parent === undefined) yaml.setIn(path, node);
  else setInPlaceOf(yaml, path, last, node);
}

// An empty field (`labels:`) is a null to YAML.
function setInPlaceOf(yaml: Document, path: FieldPath, last: string | number, node: unknown): void {
  const holder = path.slice(0, -1);
  const empty = yaml.getIn(holder, true);
  if (isScalar(empty) && empty.value === null) yaml.setIn(holder, yaml.createNode({}));
  yaml.setIn([...holder, last], node);
}
