// The routes of a plan with the faults that a FaultInjection puts into them. What a rule injects by
// itself goes first.

import type { FaultRule } from "#ir/fault-rule.ts";
import type { ServicePort } from "#ir/model.ts";
import { refText } from "#ir/origin.ts";
import type { RoutePlan } from "#snapshot/plan.ts";

export function withFault(
  routes: readonly RoutePlan[],
  rules: readonly FaultRule[],
  { port, protocol }: ServicePort,
): readonly RoutePlan[] {
  const rule = rules.find((each) => each.port === undefined || each.port === port);
  if (!rule || protocol === "tcp") return routes;
  const by = refText(rule.origin.ref);
  return routes.map((route) => {
    if (route.traffic?.fault || isOfConnections(route)) return route;
    return { ...route, traffic: { ...route.traffic, fault: { ...rule.fault, by } } };
  });
}

// Bytes can't be answered 503.
function isOfConnections({ matches }: RoutePlan): boolean {
  return (
    matches.length > 0 &&
    matches.every(({ method, path }) => {
      return method === "CONNECT" && path?.value === "";
    })
  );
}
