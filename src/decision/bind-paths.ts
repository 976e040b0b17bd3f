// Builds the table that finds matches by path.

import type { BoundMatch, BoundPath, PathNode, PathTable } from "./bound-outbound.ts";
import { hashPathStep, PATH_HASH_START, slotOf } from "./hash-path.ts";

type Indexes = Record<BoundPath["kind"], number[]>;

export function bindPaths(matches: readonly BoundMatch[]): PathTable {
  const found = new Map<string, Indexes>();
  for (const [index, { path }] of matches.entries()) {
    if (!path) continue;
    const node = found.get(path.value) ?? { exact: [], prefix: [], "segment-prefix": [] };
    node[path.kind].push(index);
    found.set(path.value, node);
  }
  const nodes = [...found].map(([value, indexes]): PathNode => {
    return {
      value,
      exact: Int32Array.from(indexes.exact),
      prefix: Int32Array.from(indexes.prefix),
      segmentPrefix: Int32Array.from(indexes["segment-prefix"]),
    };
  });
  const lengthMax = nodes.reduce((longest, { value }) => Math.max(longest, value.length), -1);
  const hasLength = new Uint8Array(lengthMax + 1);
  for (const { value } of nodes) hasLength[value.length] = 1;
  return { lengthMax, hasLength, nodes, ...fillSlots(nodes) };
}

// At most half full, so that a search ends soon.
function fillSlots(nodes: readonly PathNode[]): Pick<PathTable, "slots" | "hashes"> {
  let size = 2;
  while (size < 2 * nodes.length) size *= 2;
  const slots = new Int32Array(size).fill(-1);
  const hashes = new Int32Array(size);
  for (const [index, { value }] of nodes.entries()) {
    const hash = hashOf(value);
    let slot = slotOf(hash, size);
    while (slots[slot] !== -1) slot = (slot + 1) & (size - 1);
    slots[slot] = index;
    hashes[slot] = hash;
  }
  return { slots, hashes };
}

function hashOf(value: string): number {
  let hash = PATH_HASH_START;
  for (let i = 0; i < value.length; i++) hash = hashPathStep(hash, value.charCodeAt(i));
  return hash;
}
