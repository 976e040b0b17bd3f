// Turns a plan into what a request needs: tables, and every decision that it can end in.

import type {
  FieldMatchPlan,
  MatchPlan,
  OutboundPlan,
  PathMatchPlan,
  RoutePlan,
  StringMatchPlan,
} from "#snapshot/plan.ts";
import { aliasTable } from "./alias-table.ts";
import { bindPaths } from "./bind-paths.ts";
import type {
  BoundField,
  BoundMatch,
  BoundOutbound,
  BoundPath,
  BoundRoute,
  BoundString,
} from "./bound-outbound.ts";
import type { AnswerDecision, Decision } from "./decision.ts";

const EVERY_REQUEST: MatchPlan = {
  authorities: [],
  path: undefined,
  method: undefined,
  authority: undefined,
  headers: [],
  query: [],
};

export function bindOutbound(plan: OutboundPlan): BoundOutbound {
  const noRoute: AnswerDecision = {
    kind: "answer",
    index: 0,
    code: "no-route",
    routeIndex: -1,
    backendIndex: -1,
    route: undefined,
    detail: `No rule for ${plan.scope.host}:${plan.scope.port} matches`,
  };
  const decisions: Decision[] = [noRoute];
  const routes = plan.routes.map((route, index) => bindRoute(plan, route, index, decisions));
  const matches = plan.routes.flatMap(bindMatches);
  const anyPath = matches.flatMap(({ path }, index) => (path ? [] : index));
  return {
    plan,
    decisions,
    noRoute,
    routes,
    matches,
    anyPath: Int32Array.from(anyPath),
    paths: bindPaths(matches),
  };
}

function bindRoute(
  plan: OutboundPlan,
  route: RoutePlan,
  routeIndex: number,
  decisions: Decision[],
): BoundRoute {
  const { backends } = route.action;
  const own = backends.map(({ backend: backendIndex }, i): Decision => {
    const at = { index: decisions.length + i, routeIndex, backendIndex, route };
    const backend = plan.backends[backendIndex];
    if (backend?.kind === "endpoints") return { kind: "forward", ...at, backend };
    const detail = backend ? backend.reason : `The plan has no backend ${backendIndex}`;
    return { kind: "answer", ...at, code: "backend-invalid", detail };
  });
  if (own.length === 0) {
    own.push({
      kind: "answer",
      index: decisions.length,
      code: "backend-invalid",
      routeIndex,
      backendIndex: -1,
      route,
      detail: "The rule has no backend with a weight above 0",
    });
  }
  decisions.push(...own);
  return { decisions: own, weights: aliasTable(backends.map(({ weight }) => weight)) };
}

function bindMatches(route: RoutePlan, routeIndex: number): BoundMatch[] {
  const matches = route.matches.length === 0 ? [EVERY_REQUEST] : route.matches;
  return matches.map((match, matchIndex) => ({
    routeIndex,
    matchIndex,
    authorities: match.authorities,
    path: bindPath(match.path),
    method: match.method,
    authority: match.authority && bindAuthority(match.authority),
    headers: match.headers.map(bindField),
    query: match.query.map(bindField),
  }));
}

// The prefix "/" means every request, `OPTIONS *` included: it is what a rule without a path gets
// by default.
function bindPath(path: PathMatchPlan | undefined): BoundPath | undefined {
  if (path === undefined) return undefined;
  const value = wireText(path.value);
  if (path.kind === "exact") return { kind: "exact", value };
  if (value === "/" || value === "") return undefined;
  if (path.kind === "prefix") return { kind: "prefix", value };
  return { kind: "segment-prefix", value: value.endsWith("/") ? value.slice(0, -1) : value };
}

function bindAuthority(match: StringMatchPlan): BoundString {
  const { kind, value } = bindString(match);
  return { kind, value: value.toLowerCase() };
}

function bindField({ name, value }: FieldMatchPlan): BoundField {
  return { name: wireText(name), value: bindString(value) };
}

function bindString(match: StringMatchPlan): BoundString {
  return { kind: match.kind, value: match.kind === "present" ? "" : wireText(match.value) };
}

// A head is read as latin1, one character a byte: what a user wrote in UTF-8 is compared as such.
function wireText(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}
