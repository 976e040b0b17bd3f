// Turns a plan into what a request needs: tables, and every decision that it can end in.

import type { MatchPlan, OutboundPlan, RoutePlan } from "#snapshot/plan.ts";
import { aliasTable } from "./alias-table.ts";
import { bindMatch } from "./bind-match.ts";
import { bindPaths } from "./bind-paths.ts";
import { bindReply } from "./bind-reply.ts";
import { bindCors, bindShape } from "./bind-shape.ts";
import type { BoundMatch, BoundOutbound, BoundRoute } from "./bound-outbound.ts";
import type { AnswerDecision, Decision } from "./decision.ts";

const EVERY_REQUEST: MatchPlan = {
  authorities: [],
  path: undefined,
  method: undefined,
  authority: undefined,
  headers: [],
  query: [],
};

// `caller`: "namespace/name" of the workload whose proxy it is for; "" for somebody.
export function bindOutbound(plan: OutboundPlan, caller = ""): BoundOutbound {
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
  const matches = plan.routes.flatMap((route, index) => bindMatches(route, index, caller));
  const anyPath = matches.flatMap(({ path }, index) => (path ? [] : index));
  return {
    plan,
    decisions,
    noRoute,
    routes,
    matches,
    anyPath,
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
  const preflight = bindPreflight(route, routeIndex, decisions);
  const own = route.reply
    ? [bindOwnReply(route, routeIndex, decisions.length)]
    : bindBackends(plan, route, routeIndex, decisions.length);
  decisions.push(...own);
  const weights = route.reply ? [] : backends.map(({ weight }) => weight);
  return { decisions: own, weights: aliasTable(weights), preflight };
}

function bindPreflight(
  route: RoutePlan,
  routeIndex: number,
  decisions: Decision[],
): BoundRoute["preflight"] {
  const cors = route.shape?.cors;
  if (!cors) return undefined;
  const reply = { kind: "preflight", status: 200, cors: bindCors(cors) } as const;
  const at = { index: decisions.length, routeIndex, backendIndex: -1, route } as const;
  const preflight = { kind: "reply", ...at, reply } as const;
  decisions.push(preflight);
  return preflight;
}

function bindOwnReply(route: RoutePlan, routeIndex: number, index: number): Decision {
  const reply = bindReply(route.reply!, bindShape(undefined, route.shape));
  return { kind: "reply", index, routeIndex, backendIndex: -1, route, reply };
}

function bindBackends(
  plan: OutboundPlan,
  route: RoutePlan,
  routeIndex: number,
  firstIndex: number,
): Decision[] {
  const own = route.action.backends.map(({ backend: backendIndex, shape }, i): Decision => {
    const at = { index: firstIndex + i, routeIndex, backendIndex, route };
    const backend = plan.backends[backendIndex];
    if (backend?.kind === "endpoints") {
      return { kind: "forward", ...at, backend, shape: bindShape(shape, route.shape) };
    }
    const detail = backend ? backend.reason : `The plan has no backend ${backendIndex}`;
    return { kind: "answer", ...at, code: "backend-invalid", detail };
  });
  if (own.length > 0) return own;
  const detail = "The rule has no backend with a weight above 0";
  const at = { index: firstIndex, routeIndex, backendIndex: -1, route };
  return [{ kind: "answer", ...at, code: "backend-invalid", detail }];
}

function bindMatches(route: RoutePlan, routeIndex: number, caller: string): BoundMatch[] {
  const matches = route.matches.length === 0 ? [EVERY_REQUEST] : route.matches;
  return matches.map((match, matchIndex) => bindMatch(match, caller, routeIndex, matchIndex));
}
