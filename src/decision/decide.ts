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
import { ENDS_PATH, ENDS_SEGMENT, endsBehind } from "./path-ends.ts";
import { pickWeighted } from "./pick-weighted.ts";

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
  const { endsOfLength } = table;
  const longest = Math.min(pathLength, table.lengthMax);
  let best = matches.length;
  let hash = PATH_HASH_START;
  for (let length = 0; ; length++) {
    if (endsOfLength[length] !== 0) {
      const ends = endsBehind(path, length, pathLength) & endsOfLength[length]!;
      const node = ends === 0 ? undefined : findNode(table, path, length, hash, ends);
      if (node) best = firstOfNode(node, ends, matches, request, pathLength, best);
    }
    if (length === longest) return best;
    hash = hashPathStep(hash, path.charCodeAt(length));
  }
}

// The node for the first `length` characters of the path, if it has any of these ends.
function findNode(
  { slots, hashes, ends, nodes }: PathTable,
  path: string,
  length: number,
  hash: number,
  wanted: number,
): PathNode | undefined {
  for (let slot = slotOf(hash, slots.length); ; slot = (slot + 1) & (slots.length - 1)) {
    const index = slots[slot]!;
    if (index < 0) return undefined;
    if (hashes[slot] !== hash || (ends[slot]! & wanted) === 0) continue;
    const node = nodes[index]!;
    if (node.value.length === length && path.startsWith(node.value)) return node;
  }
}

function firstOfNode(
  node: PathNode,
  ends: number,
  matches: readonly BoundMatch[],
  request: DecisionRequest,
  pathLength: number,
  before: number,
): number {
  const { prefix, exact, segmentPrefix } = node;
  let best = firstOf(prefix, matches, request, pathLength, before);
  if ((ends & ENDS_PATH) !== 0) best = firstOf(exact, matches, request, pathLength, best);
  if ((ends & ENDS_SEGMENT) === 0) return best;
  return firstOf(segmentPrefix, matches, request, pathLength, best);
}

// The first of `indexes` whose match holds, if it comes before `before`; else `before`.
function firstOf(
  indexes: readonly number[],
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
