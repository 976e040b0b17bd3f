// Which of the rare parts of a match failed, for people.

import type { MatchPlan, OutboundPlan } from "#snapshot/plan.ts";
import type { BoundMatch } from "./bound-outbound.ts";
import type { DecisionRequest } from "./decision.ts";
import type { Miss } from "./explain-decision.ts";
import { expectedText, valuesOf } from "./miss-text.ts";
import { pathLengthOf } from "./missed-part.ts";
import {
  FIRST_WITHOUT,
  MISSED_CALLER,
  MISSED_EXCEPT,
  MISSED_RARE_METHOD,
  MISSED_RARE_PATH,
  MISSED_SCHEME,
  MISSED_SERVER_NAME,
  MISSED_SUBNET,
} from "./missed-rare.ts";

export function rareMissOf(
  plan: OutboundPlan,
  { routeIndex, matchIndex }: BoundMatch,
  part: number,
  request: DecisionRequest,
  caller: string,
): Miss {
  const match = plan.routes[routeIndex]!.matches[matchIndex]!;
  const { path, methodMatch, scheme, withoutHeaders = [] } = match;
  switch (part) {
    case MISSED_CALLER: {
      const expected = callersText(match);
      return { part: "caller", name: "", expected, found: caller || undefined };
    }
    case MISSED_RARE_PATH: {
      const expected = path
        ? `${expectedText(path)}${match.ignoresPathCase ? " in any case" : ""}`
        : "";
      const found = request.path.slice(0, pathLengthOf(request.path));
      return { part: "path", name: "", expected, found };
    }
    case MISSED_RARE_METHOD: {
      const expected = expectedText(methodMatch!);
      return { part: "method", name: "", expected, found: request.method };
    }
    case MISSED_SCHEME: {
      const expected = expectedText(scheme!);
      return { part: "scheme", name: "", expected, found: request.scheme ?? "http" };
    }
    case MISSED_SERVER_NAME: {
      const expected = (match.serverNames ?? []).join(" or ");
      return { part: "server name", name: "", expected, found: request.serverName || undefined };
    }
    case MISSED_SUBNET: {
      const expected = (match.subnets ?? []).filter((subnet) => subnet !== "*").join(" or ");
      return { part: "address", name: "", expected, found: request.authority };
    }
    case MISSED_EXCEPT: {
      const expected = othersThan(match.exceptAuthorities ?? []);
      return { part: "authority", name: "", expected, found: request.authority };
    }
    default: {
      const { name, value } = withoutHeaders[FIRST_WITHOUT - part]!;
      const found = valuesOf(request.headers, name);
      return { part: "absent header", name, expected: expectedText(value), found };
    }
  }
}

function callersText({ callers, exceptCallers }: MatchPlan): string {
  if (exceptCallers) return othersThan(exceptCallers);
  return (callers ?? []).join(" or ") || "no workload";
}

// Rules of their own are for these.
function othersThan(names: readonly string[]): string {
  return `any but ${names.join(" and ")}`;
}
