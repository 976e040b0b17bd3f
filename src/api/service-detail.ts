// A service as its callers see it: the rules of each port in the order tried, where they lead, and
// what is behind it.

import type { ExplainedMember } from "./explanation.ts";

export type ServiceDetail = {
  readonly namespace: string;
  readonly name: string;
  readonly host: string;
  readonly ports: readonly ServicePortDetail[];
};

export type ServicePortDetail = {
  readonly port: number;
  readonly protocol: string;
  // Of callers in this namespace; null: of everybody.
  readonly callers: string | null;
  readonly rules: readonly ServiceRule[];
  // Behind all of its backends.
  readonly members: readonly ExplainedMember[];
};

export type ServiceRule = {
  readonly name: string; // "HTTPRoute bookshop/reviews", "default"
  readonly rule: number;
  readonly ruleName: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly conditions: readonly string[]; // any of them; empty: it takes everything
  readonly backends: readonly RuleBackend[];
  readonly hasFault: boolean;
  // The document in which its weights stand; null where they can't be edited.
  readonly source: RuleSource | null;
};

export type RuleSource = {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
};

export type RuleBackend = {
  readonly backend: string; // "reviews", "reviews/v2": as routes' rows name it
  readonly weight: number;
  readonly percent: number;
  // Of its weight in the document.
  readonly path: readonly (string | number)[] | null;
};
