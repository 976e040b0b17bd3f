// Where a field stands in the text: at its name, or at the dash's item in a list; where it doesn't
// stand at all, the nearest one around it that does.

import { isMap, isScalar, isSeq } from "yaml";
import type { FieldPath } from "#ir/document.ts";

export function yamlOffset(root: unknown, path: FieldPath): number {
  let node = root;
  let offset = startOf(root) ?? 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === `${step}`);
      if (!pair) break;
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof step === "number" && step < node.items.length) {
      node = node.items[step];
      offset = startOf(node) ?? offset;
    } else break;
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return (node as { range?: readonly number[] | null } | null)?.range?.[0];
}
