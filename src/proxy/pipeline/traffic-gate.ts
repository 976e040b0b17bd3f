// What a rule does to a request before it goes anywhere: faults, and copies to mirrors. Asked only
// where a rule has either.
//
// As in Envoy, where faults come before the router: a delay is no part of the rule's timeouts, and
// what is aborted is neither mirrored nor tried.

import { ABORT, DELAY, isHit } from "#decision/is-hit.ts";
import { asksForTunnel } from "#proxy/exchange/heads.ts";
import type { RouteTrafficPlan } from "#snapshot/route-traffic-plan.ts";
import type { ExchangeTools } from "./exchange-tools.ts";
import { isPlainTunnel } from "./is-plain-tunnel.ts";
import { type Mirrored, Mirrors } from "./mirrors.ts";
import { FAULT_INJECTED } from "./proxy-failures.ts";

export class TrafficGate {
  readonly #mirrors: Mirrors;

  constructor(tools: ExchangeTools) {
    this.#mirrors = new Mirrors(tools);
  }

  families(): Iterable<string> {
    return this.#mirrors.families();
  }

  // `goOn`: now or later, or never.
  pass({ fault, mirrors }: RouteTrafficPlan, request: Mirrored, goOn: () => void): void {
    const { exchange, head, destination, decision, draw } = request;
    exchange.isGated = true;
    // A plain tunnel is no request.
    if (isPlainTunnel(head)) return goOn();
    const abort = fault?.abort && isHit(fault.abort.share, draw, ABORT) ? fault.abort : undefined;
    const admit = (): void => {
      if (abort) {
        const failure = { ...FAULT_INJECTED, answer: abort };
        return exchange.refuse(failure, destination.repliedFor(decision.routeIndex));
      }
      if (mirrors && !asksForTunnel(head)) this.#mirrors.mirror(mirrors, request);
      goOn();
    };
    const delay = fault?.delay;
    if (delay && isHit(delay.share, draw, DELAY)) exchange.delay(delay.ms, admit);
    else admit();
  }
}
