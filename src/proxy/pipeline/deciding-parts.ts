// Which parts of a request a plan's decision rests on, beside method, host and path.

import type { MatchPlan, OutboundPlan } from "#snapshot/plan.ts";

export type DecidingParts = {
  readonly headers: ReadonlySet<string>;
  readonly hasQuery: boolean;
};

// What decides about pages of other origins, and about sending a request again.
const ALWAYS = ["origin", "access-control-request-method", "idempotency-key"];

const known = new WeakMap<OutboundPlan, DecidingParts>();

export function decidingParts(plan: OutboundPlan): DecidingParts {
  const found = known.get(plan) ?? partsOf(plan.routes.flatMap(({ matches }) => matches));
  known.set(plan, found);
  return found;
}

function partsOf(matches: readonly MatchPlan[]): DecidingParts {
  const fields = matches.flatMap(({ headers, withoutHeaders = [] }) => [
    ...headers,
    ...withoutHeaders,
  ]);
  return {
    headers: new Set([...ALWAYS, ...fields.map(({ name }) => name)]),
    hasQuery: matches.some(({ query }) => query.length > 0),
  };
}
