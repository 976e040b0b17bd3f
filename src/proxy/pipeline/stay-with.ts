// Hot path.
//
// A session stays with its endpoint's backend, whatever the weights have drawn.

import type { Decision } from "#decision/decision.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import type { Destination } from "./destination.ts";

export function stayWith(
  { bound, sessions }: Destination,
  drawn: Decision,
  head: RequestHead,
): Decision {
  if (drawn.kind !== "forward" || drawn.route.session === undefined) return drawn;
  const seat = sessions[drawn.routeIndex]?.find(head);
  if (seat === undefined) return drawn;
  return bound.routes[drawn.routeIndex]!.decisions[seat.choice] ?? drawn;
}
