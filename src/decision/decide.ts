// Hot path.
//
// Where a request goes: synchronous, pure, total. Allocates nothing: it answers with a decision
// that was made when the plan was bound.
//
// Matches are tried in the order of the plan, but only those whose path can match are looked at:
// one walk over the path finds them in a table, and the smallest index that holds wins.

import type { BoundMatch, BoundOutbound, PathNode, PathTable } from "./bound-outbound.ts";
import { answersPreflight } from "./cors.ts";
import type { Decision, DecisionRequest } from "./decision.ts";
import { hashPathStep, PATH_HASH_START, slotOf } from "./hash-path.ts";
import { MATCHED, missedBesidePath, pathLengthOf } from "./missed-part.ts";
import { pickWeighted } from "./pick-weighted.ts";

const SLASH = 0x2f;

// `draw` in [0, 1) chooses among weighted backends.
export function decide(bound: BoundOutbound, request: DecisionRequest, draw: number): Decision {
  const match = bound.matches[firstMatch(bound, request)];
  if (match === undefined) return bound.noRoute;
  const { decisions, weights, preflight } = bound.routes[match.routeIndex]!;
  if (preflight !== undefined && answersPreflight(preflight.reply, request)) return preflight;
  return decisions[pickWeighted(weights, draw)]!;
}

// The number of matches where none holds.
function firstMatch(bound: BoundOutbound, request: DecisionRequest): number {
  const { matches, paths } = bound;
  const pathLength = pathLengthOf(request.path);
  let best = matches.length;
  if (paths.lengthMax >= 0) best = firstByPath(paths, matches, request, pathLength);
  return firstOf(bound.anyPath, matches, request, pathLength, best);
}

function firstByPath(
  table: PathTable,
  matches: readonly BoundMatch[],
  request: DecisionRequest,
  pathLength: number,
): number {
  const { path } = request;
  const longest = Math.min(pathLength, table.lengthMax);
  let best = matches.length;
  let hash = PATH_HASH_START;
  for (let length = 0; ; length++) {
    if (table.hasLength[length] === 1) {
      const node = findNode(table, path, length, hash);
      if (node) best = firstOfNode(node, matches, request, pathLength, best);
    }
    if (length === longest) return best;
    hash = hashPathStep(hash, path.charCodeAt(length));
  }
}

// The node for the first `length` characters of the path.
function findNode(
  { slots, hashes, nodes }: PathTable,
  path: string,
  length: number,
  hash: number,
): PathNode | undefined {
  for (let slot = slotOf(hash, slots.length); ; slot = (slot + 1) & (slots.length - 1)) {
    const index = slots[slot]!;
    if (index < 0) return undefined;
    if (hashes[slot] !== hash) continue;
    const node = nodes[index]!;
    if (node.value.length === length && path.startsWith(node.value)) return node;
  }
}

function firstOfNode(
  node: PathNode,
  matches: readonly BoundMatch[],
  request: DecisionRequest,
  pathLength: number,
  before: number,
): number {
  const { length } = node.value;
  const isWhole = length === pathLength;
  let best = firstOf(node.prefix, matches, request, pathLength, before);
  if (isWhole) best = firstOf(node.exact, matches, request, pathLength, best);
  if (isWhole || request.path.charCodeAt(length) === SLASH) {
    best = firstOf(node.segmentPrefix, matches, request, pathLength, best);
  }
  return best;
}

// The first of `indexes` whose match holds, if it comes before `before`; else `before`.
function firstOf(
  indexes: Int32Array,
  matches: readonly BoundMatch[],
  request: DecisionRequest,
  pathLength: number,
  before: number,
): number {
  for (let i = 0; i < indexes.length; i++) {
    const index = indexes[i]!;
    if (index >= before) return before;
    if (missedBesidePath(matches[index]!, request, pathLength) === MATCHED) return index;
  }
  return before;
}
