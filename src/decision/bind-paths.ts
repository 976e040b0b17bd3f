// Builds the table that finds matches by path.

import type { BoundMatch, BoundPath, PathNode, PathTable } from "./bound-outbound.ts";
import { hashPathStep, PATH_HASH_START, slotOf } from "./hash-path.ts";
import { ENDS_ANYWHERE, ENDS_PATH, ENDS_SEGMENT } from "./path-ends.ts";

type Indexes = Record<BoundPath["kind"], number[]>;

// Shared: one empty list stays in the processor's cache, a thousand don't.
const NONE: readonly number[] = [];

export function bindPaths(matches: readonly BoundMatch[]): PathTable {
  const found = new Map<string, Indexes>();
  for (const [index, { path }] of matches.entries()) {
    if (!path) continue;
    const node = found.get(path.value) ?? { exact: [], prefix: [], "segment-prefix": [] };
    node[path.kind].push(index);
    found.set(path.value, node);
  }
  const nodes = [...found].map(([value, indexes]) => nodeOf(value, indexes));
  const lengthMax = nodes.reduce((longest, { value }) => Math.max(longest, value.length), -1);
  const endsOfLength = new Uint8Array(lengthMax + 1);
  for (const { value, ends } of nodes) endsOfLength[value.length]! |= ends;
  return { lengthMax, endsOfLength, nodes, ...fillSlots(nodes) };
}

function nodeOf(value: string, indexes: Indexes): PathNode {
  const { exact, prefix, "segment-prefix": segmentPrefix } = indexes;
  const ends =
    (prefix.length > 0 ? ENDS_ANYWHERE : 0) |
    (segmentPrefix.length > 0 ? ENDS_SEGMENT : 0) |
    (exact.length > 0 ? ENDS_PATH : 0);
  return {
    ...{ value, ends },
    exact: exact.length > 0 ? exact : NONE,
    prefix: prefix.length > 0 ? prefix : NONE,
    segmentPrefix: segmentPrefix.length > 0 ? segmentPrefix : NONE,
  };
}

// At most half full, so that a search ends soon.
function fillSlots(nodes: readonly PathNode[]): Pick<PathTable, "slots" | "hashes" | "ends"> {
  let size = 2;
  while (size < 2 * nodes.length) size *= 2;
  const slots = new Int32Array(size).fill(-1);
  const hashes = new Int32Array(size);
  const ends = new Uint8Array(size);
  for (const [index, node] of nodes.entries()) {
    const hash = hashOf(node.value);
    let slot = slotOf(hash, size);
    while (slots[slot] !== -1) slot = (slot + 1) & (size - 1);
    slots[slot] = index;
    hashes[slot] = hash;
    ends[slot] = node.ends;
  }
  return { slots, hashes, ends };
}

function hashOf(value: string): number {
  let hash = PATH_HASH_START;
  for (let i = 0; i < value.length; i++) hash = hashPathStep(hash, value.charCodeAt(i));
  return hash;
}
