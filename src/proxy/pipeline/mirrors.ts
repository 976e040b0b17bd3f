// Copies of requests, sent to other backends. What becomes of a copy concerns nobody but the
// counters: its answer is thrown away, it is never tried again, and it leaves when the request has
// come as a whole, so that a slow mirror slows nobody. What doesn't fit is not mirrored, and
// counted.

import { LIMITS } from "#base/limits.ts";
import type { Decision } from "#decision/decision.ts";
import { isHit, MIRROR } from "#decision/is-hit.ts";
import type { DownstreamStream } from "#proxy/exchange/exchange.ts";
import type { Headers, RequestHead } from "#proxy/exchange/heads.ts";
import { RetryBudget } from "#proxy/resilience/retry-budget.ts";
import type { BackendPlan } from "#snapshot/plan.ts";
import type { MirrorPlan } from "#snapshot/route-traffic-plan.ts";
import type { Destination } from "./destination.ts";
import type { Forwarding, Series } from "./endpoint.ts";
import { Exchange } from "./exchange.ts";
import type { ExchangeTools } from "./exchange-tools.ts";
import { MirrorCounters } from "./mirror-counters.ts";

// A request before it goes anywhere, and what was decided of it.
export type Mirrored = {
  readonly exchange: Exchange;
  readonly head: RequestHead;
  readonly destination: Destination;
  readonly decision: Decision;
  readonly draw: number;
  readonly isHttp2: boolean;
};

// Takes all, and keeps nothing. What it is told to hold back is in hand already.
const NOBODY: DownstreamStream = {
  inform() {},
  respond() {},
  write: () => true,
  end() {},
  reset() {},
  pause() {},
  resume() {},
};

export class Mirrors {
  readonly #tools: ExchangeTools;
  readonly #counters = new MirrorCounters();
  #underWay = 0;

  constructor(tools: ExchangeTools) {
    const budget = new RetryBudget(tools.clock, { ratio: 0, retriesPerSecond: 0, retriesMax: 1 });
    budget.take();
    this.#tools = { ...tools, budget, recorder: undefined };
  }

  mirror(plans: readonly MirrorPlan[], request: Mirrored): void {
    const { exchange, head, draw } = request;
    for (const [i, plan] of plans.entries()) {
      if (!isHit(plan.share, draw, MIRROR + i)) continue;
      const forwarding = this.#forwardingOf(plan, request);
      const copied = plan.marksAuthority ? { ...head, authority: shadowOf(head.authority) } : head;
      exchange.whenAsked((chunks, trailers) => this.#send(copied, forwarding, chunks, trailers));
    }
  }

  families(): Iterable<string> {
    return this.#counters.families();
  }

  #send(
    head: RequestHead,
    forwarding: Forwarding,
    chunks: readonly Uint8Array[] | undefined,
    trailers: Headers,
  ): void {
    const series = forwarding.seriesFor(-1);
    this.#underWay++;
    if (!chunks) return series.ended(0, "body-not-copied", 0, 0, 0, 0);
    if (this.#underWay > LIMITS.mirrorsMax) return series.ended(0, "too-many", 0, 0, 0, 0);
    const copy = new Exchange(this.#tools, head, NOBODY);
    copy.endWithin(LIMITS.mirrorTimeoutMs);
    copy.start(forwarding);
    for (const chunk of chunks) copy.data(chunk);
    copy.end(trailers);
  }

  // Changed as the request itself is.
  #forwardingOf(plan: MirrorPlan, { destination, decision, isHttp2 }: Mirrored): Forwarding {
    const { routeIndex } = decision;
    const shape = decision.kind === "forward" ? decision.shape : undefined;
    const { forwardings, overHttp2, plan: outbound } = destination;
    const forwarding = (isHttp2 ? overHttp2 : forwardings)[routeIndex]![plan.backend]!;
    const { name, rule } = outbound.routes[routeIndex]!;
    const series = this.#series(`${name} ${rule}`, nameOf(outbound.backends[plan.backend]!));
    return { ...forwarding, shape, rules: undefined, seriesFor: () => series };
  }

  #series(route: string, backend: string): Series {
    return {
      began() {},
      retried() {},
      ended: (_, cause) => {
        this.#underWay--;
        this.#counters.ended(route, backend, cause === "" ? "answered" : cause);
      },
    };
  }
}

function nameOf(backend: BackendPlan): string {
  if (backend.kind === "invalid") return "invalid";
  const { namespace, service, subset } = backend;
  return `${namespace}/${service}${subset === "" ? "" : `/${subset}`}`;
}

// "reviews:9080" is "reviews-shadow:9080", as Envoy has it.
function shadowOf(authority: string): string {
  const port = /:\d+$/.exec(authority)?.[0] ?? "";
  return `${authority.slice(0, authority.length - port.length)}-shadow${port}`;
}
