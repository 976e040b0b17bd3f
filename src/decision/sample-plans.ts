// Plans for tests and benchmarks, written in few words.

import type {
  BackendPlan,
  MatchPlan,
  OutboundPlan,
  RoutePlan,
  WeightedBackendPlan,
} from "#snapshot/plan.ts";
import type { ReplyPlan, ShapePlan } from "#snapshot/shape-plan.ts";
import type { DecisionRequest } from "./decision.ts";

export type RouteSketch = {
  readonly matches?: readonly Partial<MatchPlan>[];
  // Weight by backend; all to the first where it is left out.
  readonly backends?: readonly WeightedBackendPlan[];
  readonly reply?: ReplyPlan;
  readonly shape?: ShapePlan;
};

export function samplePlan(
  sketches: readonly RouteSketch[],
  backends: readonly BackendPlan[] = [sampleBackend("v1"), sampleBackend("v2")],
): OutboundPlan {
  return {
    kind: "outbound",
    id: "outbound/bookshop/reviews/9080",
    hash: "0",
    scope: {
      kind: "service-port",
      namespace: "bookshop",
      name: "reviews",
      port: 9080,
      host: "reviews.bookshop.svc.cluster.local",
    },
    protocol: "http",
    routes: sketches.map(sampleRoute),
    backends,
  };
}

export function sampleBackend(subset: string): BackendPlan {
  const name = { namespace: "bookshop", service: "reviews", subset };
  return { kind: "endpoints", ...name, port: 9080, endpoints: [] };
}

export function sampleRequest(
  path: string,
  headers: readonly string[] = [],
  method = "GET",
): DecisionRequest {
  return { method, authority: "reviews:9080", path, headers };
}

function sampleRoute({ matches = [], backends, ...others }: RouteSketch, rule: number): RoutePlan {
  return {
    name: "HTTPRoute bookshop/reviews",
    rule,
    ruleName: "",
    origin: undefined,
    matches: matches.map((match) => ({
      authorities: [],
      path: undefined,
      method: undefined,
      authority: undefined,
      headers: [],
      query: [],
      ...match,
    })),
    action: { kind: "forward", backends: backends ?? [{ backend: 0, weight: 1 }] },
    ...others,
  };
}
