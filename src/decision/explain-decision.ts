// The same decision as `decide` takes, with a record of how it came about. Tries match after match
// as the plan has them; a test holds the two against each other.

import type { OutboundPlan } from "#snapshot/plan.ts";
import { bindOutbound } from "./bind.ts";
import type { BoundMatch, BoundOutbound } from "./bound-outbound.ts";
import { answersPreflight } from "./cors.ts";
import type { Decision, DecisionRequest } from "./decision.ts";
import { expectedText, valuesOf } from "./miss-text.ts";
import {
  FIRST_FIELD,
  MATCHED,
  MISSED_AUTHORITIES,
  MISSED_AUTHORITY,
  MISSED_METHOD,
  MISSED_PATH,
  missedPart,
  pathLengthOf,
} from "./missed-part.ts";
import { pickWeighted } from "./pick-weighted.ts";
import { rareMissOf } from "./rare-miss.ts";

export type DecisionTrace = {
  readonly decision: Decision;
  // In the order tried, up to the one that took the request.
  readonly tried: readonly TriedRoute[];
  // Of the route that took it.
  readonly candidates: readonly Candidate[];
};

export type TriedRoute = {
  readonly routeIndex: number;
  readonly isMatched: boolean;
  readonly misses: readonly Miss[]; // one for each of its matches that was tried and failed
};

export type Miss = {
  readonly part: MissedPartName;
  readonly name: string; // of the header or the parameter, else ""
  readonly expected: string;
  readonly found: string | undefined; // undefined: there is none
};

export type MissedPartName =
  | "authority"
  | "path"
  | "method"
  | "header"
  | "query"
  | "scheme"
  | "caller"
  | "server name"
  | "address"
  | "absent header"; // a header that must not be there

export type Candidate = {
  readonly backendIndex: number;
  readonly weight: number;
  readonly share: number; // 0 to 1
  readonly isChosen: boolean;
};

export function explainDecision(
  plan: OutboundPlan,
  request: DecisionRequest,
  draw: number,
  caller = "",
): DecisionTrace {
  const bound = bindOutbound(plan, caller);
  const tried: TriedRoute[] = [];
  for (const [routeIndex, route] of bound.routes.entries()) {
    const record = tryRoute(bound, routeIndex, request, caller);
    tried.push(record);
    if (!record.isMatched) continue;
    const { preflight } = route;
    if (preflight && answersPreflight(preflight.reply, request)) {
      return { decision: preflight, tried, candidates: [] };
    }
    const chosen = pickWeighted(route.weights, draw);
    const candidates = candidatesOf(plan, routeIndex, chosen);
    return { decision: route.decisions[chosen]!, tried, candidates };
  }
  return { decision: bound.noRoute, tried, candidates: [] };
}

function tryRoute(
  bound: BoundOutbound,
  routeIndex: number,
  request: DecisionRequest,
  caller: string,
): TriedRoute {
  const pathLength = pathLengthOf(request.path);
  const misses: Miss[] = [];
  for (const match of bound.matches) {
    if (match.routeIndex !== routeIndex) continue;
    const part = missedPart(match, request, pathLength);
    if (part === MATCHED) return { routeIndex, isMatched: true, misses };
    misses.push(
      part < MATCHED
        ? rareMissOf(bound.plan, match, part, request, caller)
        : missOf(bound.plan, match, part, request, pathLength),
    );
  }
  return { routeIndex, isMatched: false, misses };
}

function candidatesOf(plan: OutboundPlan, routeIndex: number, chosen: number): Candidate[] {
  const { action, reply } = plan.routes[routeIndex]!;
  const backends = reply ? [] : action.backends;
  const total = backends.reduce((sum, { weight }) => sum + weight, 0);
  return backends.map(({ backend, weight }, i) => ({
    backendIndex: backend,
    weight,
    share: weight / total,
    isChosen: i === chosen,
  }));
}

// As the user wrote it, not as it is compared.
function missOf(
  plan: OutboundPlan,
  { routeIndex, matchIndex, headers }: BoundMatch,
  part: number,
  request: DecisionRequest,
  pathLength: number,
): Miss {
  const { authorities, path, method, authority, ...fields } =
    plan.routes[routeIndex]!.matches[matchIndex]!;
  switch (part) {
    case MISSED_AUTHORITIES: {
      const expected = authorities.join(" or ");
      return { part: "authority", name: "", expected, found: request.authority };
    }
    case MISSED_PATH: {
      const expected = path!.kind === "exact" ? path!.value : `${path!.value}...`;
      const found = request.path.slice(0, pathLength);
      return { part: "path", name: "", expected, found };
    }
    case MISSED_METHOD:
      return { part: "method", name: "", expected: method!, found: request.method };
    case MISSED_AUTHORITY: {
      const expected = expectedText(authority!);
      return { part: "authority", name: "", expected, found: request.authority };
    }
  }
  const header = fields.headers[part - FIRST_FIELD];
  const query = fields.query[part - FIRST_FIELD - headers.length];
  const { name, value } = (header ?? query)!;
  return {
    part: header ? "header" : "query",
    name,
    expected: expectedText(value),
    found: header
      ? valuesOf(request.headers, name)
      : parameterOf(request.path.slice(pathLength + 1), name),
  };
}

// For people only: whether it matches was decided on the request as it stands.
function parameterOf(query: string, name: string): string | undefined {
  return new URLSearchParams(query).get(name) ?? undefined;
}
