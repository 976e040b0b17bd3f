// A plan bound into tables. Made by bindOutbound, read by decide; nothing here changes.

import type { Pattern } from "#base/pattern.ts";
import type { OutboundPlan } from "#snapshot/plan.ts";
import type { AliasTable } from "./alias-table.ts";
import type { BoundPreflight } from "./bound-shape.ts";
import type { AnswerDecision, Decision, ReplyDecision } from "./decision.ts";
import type { BoundSubnets } from "./match-connection.ts";

export type BoundOutbound = {
  readonly plan: OutboundPlan;
  readonly decisions: readonly Decision[];
  readonly noRoute: AnswerDecision;
  readonly routes: readonly BoundRoute[];
  // The matches of all routes, in the order in which they are tried.
  readonly matches: readonly BoundMatch[];
  // Those whose path the table can't find; the others are found by it.
  readonly anyPath: readonly number[];
  readonly paths: PathTable;
};

export type BoundRoute = {
  // One for each weighted backend, or one answer where there is none.
  readonly decisions: readonly Decision[];
  readonly weights: AliasTable;
  // Where pages of other origins may ask.
  readonly preflight: PreflightDecision | undefined;
};

export type PreflightDecision = ReplyDecision & { readonly reply: BoundPreflight };

export type BoundMatch = {
  readonly routeIndex: number;
  readonly matchIndex: number; // in RoutePlan.matches; 0 where that is empty
  readonly authorities: readonly string[];
  readonly path: BoundPath | undefined;
  readonly method: string | undefined;
  readonly authority: BoundString | undefined;
  readonly headers: readonly BoundField[];
  readonly query: readonly BoundField[];
  readonly rare: BoundRare | undefined;
};

// What few matches want.
export type BoundRare = {
  readonly isForCaller: boolean; // the one whose proxy this is
  readonly path: BoundString | undefined; // a regular expression
  readonly foldedPath: BoundString | undefined; // in lower case
  readonly method: BoundString | undefined;
  readonly scheme: BoundString | undefined;
  readonly withoutHeaders: readonly BoundField[];
  readonly exceptAuthorities: readonly string[] | undefined;
  readonly serverNames: readonly string[] | undefined;
  readonly subnets: BoundSubnets | undefined;
};

export type BoundPath = {
  readonly kind: "exact" | "prefix" | "segment-prefix"; // the last without a slash at its end
  readonly value: string;
};

export type BoundString = {
  readonly kind: "exact" | "prefix" | "present" | "regex";
  readonly value: string;
  readonly pattern?: Pattern | undefined; // of a regex; undefined: it fits nothing
};

export type BoundField = { readonly name: string; readonly value: BoundString };

// An open hash table from a piece of path to the matches that want it. A Map would need that piece
// as a string of its own, several times for each request.
export type PathTable = {
  readonly lengthMax: number; // of the longest piece; -1 where there is none
  readonly endsOfLength: Uint8Array; // PathNode.ends of all pieces that are that long
  readonly slots: Int32Array; // index into nodes, or -1; a power of two long
  readonly hashes: Int32Array; // of the node in the slot: most others are told apart by it
  readonly ends: Uint8Array; // of the node in the slot
  readonly nodes: readonly PathNode[];
};

export type PathNode = {
  readonly value: string;
  readonly ends: number; // the bits of path-ends.ts that its matches want
  // Indexes of matches, ascending. Plain arrays: a typed one is three objects, and a thousand of
  // them are more than the processor's cache.
  readonly exact: readonly number[];
  readonly prefix: readonly number[];
  readonly segmentPrefix: readonly number[];
};
