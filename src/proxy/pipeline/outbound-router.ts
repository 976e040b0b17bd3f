// Hot path.
//
// Finds the way of a request that knows what it dialled: destination, decision, and the wait for
// either where it is new or has just lost its endpoints.

import { LIMITS } from "#base/limits.ts";
import type { Random } from "#base/random.ts";
import { decide } from "#decision/decide.ts";
import type { Decision, ReplyDecision } from "#decision/decision.ts";
import type { PortLesson } from "#proxy/detection/port-lesson.ts";
import type { PortLessons } from "#proxy/detection/port-lessons.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import type { OutboundPlan } from "#snapshot/plan.ts";
import type { Destination } from "./destination.ts";
import type { Destinations } from "./destinations.ts";
import type { Forwarding } from "./endpoint.ts";
import type { Exchange } from "./exchange.ts";
import { isForbiddenKey } from "./forbidden-targets.ts";
import { isPlainTunnel } from "./is-plain-tunnel.ts";
import { isDeclared, isOutsideHost } from "./outside-host.ts";
import {
  BACKEND_INVALID,
  DESTINATION_FORBIDDEN,
  DESTINATION_UNKNOWN,
  NO_ROUTE,
  PLAN_UNAVAILABLE,
} from "./proxy-failures.ts";
import { stayWith } from "./stay-with.ts";
import type { TrafficGate } from "./traffic-gate.ts";

export class OutboundRouter {
  readonly #destinations: Destinations;
  readonly #random: Random;
  readonly #lessons: PortLessons;
  readonly #gate: TrafficGate;

  constructor(destinations: Destinations, random: Random, lessons: PortLessons, gate: TrafficGate) {
    this.#gate = gate;
    this.#destinations = destinations;
    this.#random = random;
    this.#lessons = lessons;
  }

  // At once where the key is known; undefined: nobody answers to it, or not in time.
  whenKnown(key: string, known: (plan: OutboundPlan | undefined) => void): void {
    const destination = key.length > LIMITS.destinationKeyMax ? null : this.#destinations.find(key);
    if (destination !== undefined) return known(destination?.plan);
    if (!this.#destinations.wait(key, (found) => known(found?.plan))) known(undefined);
  }

  // Of what goes out besides the requests themselves.
  families(): Iterable<string> {
    return this.#gate.families();
  }

  lessonOf({ id, scope }: OutboundPlan): PortLesson {
    return this.#lessons.of(id, scope);
  }

  // `key` is what was dialled. `isHttp2`: the request came over HTTP/2 from who may know that the
  // application speaks it.
  decide(exchange: Exchange, head: RequestHead, key = head.authority, isHttp2 = false): void {
    if (key.length > LIMITS.destinationKeyMax) return exchange.refuse(DESTINATION_UNKNOWN);
    this.#decideBy(exchange, head, key, this.#destinations.find(key), isHttp2);
  }

  // `key` is an address. Where no document declares it, `hostKey` counts if one does: a host and
  // port outside, "" for none.
  decideByAddress(
    exchange: Exchange,
    head: RequestHead,
    key: string,
    hostKey: string,
    isHttp2: boolean,
  ): void {
    const destination = this.#destinations.find(key);
    // No document can name a host that is longer than a key.
    const isNamed = hostKey !== "" && hostKey.length <= LIMITS.destinationKeyMax;
    if (!isNamed || destination === undefined || isDeclared(destination?.plan)) {
      return this.#decideBy(exchange, head, key, destination, isHttp2);
    }
    const named = this.#destinations.find(hostKey);
    if (named === undefined) return this.#whenHostKnown(exchange, head, key, hostKey, isHttp2);
    const isOutside = isOutsideHost(named?.plan);
    if (isOutside) this.#decideBy(exchange, head, hostKey, named, isHttp2);
    else this.#decideBy(exchange, head, key, destination, isHttp2);
  }

  #decideBy(
    exchange: Exchange,
    head: RequestHead,
    key: string,
    destination: Destination | null | undefined,
    isHttp2: boolean,
  ): void {
    const draw = this.#random();
    if (destination !== undefined) {
      return this.#route(exchange, head, destination, draw, isHttp2);
    }
    this.#whenKnown(exchange, head, key, draw, isHttp2);
  }

  #whenHostKnown(
    exchange: Exchange,
    head: RequestHead,
    key: string,
    hostKey: string,
    isHttp2: boolean,
  ): void {
    exchange.hold();
    const waits = this.#destinations.wait(hostKey, (found) =>
      this.decide(exchange, head, isOutsideHost(found?.plan) ? hostKey : key, isHttp2),
    );
    if (!waits) this.decide(exchange, head, key, isHttp2);
  }

  // By itself: a function that makes a closure somewhere pays for it with each call.
  #whenKnown(
    exchange: Exchange,
    head: RequestHead,
    key: string,
    draw: number,
    isHttp2: boolean,
  ): void {
    // Here, where it costs nothing: no plan answers to such a key, so it never gets any further.
    if (isForbiddenKey(key)) return exchange.refuse(DESTINATION_FORBIDDEN);
    exchange.hold();
    const waits = this.#destinations.wait(key, (found) =>
      this.#route(exchange, head, found, draw, isHttp2),
    );
    if (!waits) exchange.refuse(PLAN_UNAVAILABLE);
  }

  #route(
    exchange: Exchange,
    head: RequestHead,
    destination: Destination | null | undefined,
    draw: number,
    isHttp2: boolean,
  ): void {
    if (destination === undefined) return exchange.refuse(PLAN_UNAVAILABLE);
    if (destination === null) return exchange.refuse(DESTINATION_UNKNOWN);
    const decision = stayWith(destination, decide(destination.bound, head, draw), head);
    exchange.decided(destination, decision, draw);
    const traffic = decision.route?.traffic;
    if (traffic !== undefined && !exchange.isGated && (traffic.fault || traffic.mirrors)) {
      const request = { exchange, head, destination, decision, draw, isHttp2 };
      return this.#gate.pass(traffic, request, () =>
        this.#take(exchange, head, destination, decision, draw, isHttp2),
      );
    }
    this.#take(exchange, head, destination, decision, draw, isHttp2);
  }

  #take(
    exchange: Exchange,
    head: RequestHead,
    destination: Destination,
    decision: Decision,
    draw: number,
    isHttp2: boolean,
  ): void {
    if (decision.kind === "forward") {
      const { routeIndex, backendIndex } = decision;
      const forwardings = isHttp2 ? destination.overHttp2 : destination.forwardings;
      const forwarding =
        decision.shape === undefined
          ? forwardings[routeIndex]![backendIndex]!
          : (isHttp2 ? destination.shapedOverHttp2 : destination.shaped)[decision.index]!;
      if (forwarding.endpoints.length === 0) {
        exchange.obey(forwarding.rules, head);
        return this.#starve(exchange, head, destination, forwarding, draw, isHttp2);
      }
      if (destination.plan.protocol === "detect") this.#learn(destination.plan, head, isHttp2);
      return exchange.start(forwarding);
    }
    if (decision.kind === "reply") return this.#reply(exchange, head, destination, decision);
    const failure = decision.code === "no-route" ? NO_ROUTE : BACKEND_INVALID;
    exchange.refuse({ ...failure, detail: decision.detail }, destination.unrouted);
  }

  #reply(
    exchange: Exchange,
    { method, upgrade }: RequestHead,
    destination: Destination,
    { reply, routeIndex }: ReplyDecision,
  ): void {
    const series = destination.repliedFor(routeIndex);
    // To CONNECT, success would be a tunnel.
    if (method !== "CONNECT" || upgrade !== undefined || reply.status >= 300) {
      return exchange.reply(reply, series);
    }
    exchange.refuse({ ...NO_ROUTE, detail: "The route answers by itself: no tunnel" }, series);
  }

  // Nobody is ready behind the backend: perhaps in a moment.
  #starve(
    exchange: Exchange,
    head: RequestHead,
    destination: Destination,
    forwarding: Forwarding,
    draw: number,
    isHttp2: boolean,
  ): void {
    const isYoung = exchange.ageMs < this.#destinations.endpointWaitMs;
    exchange.hold();
    const waits =
      isYoung &&
      this.#destinations.waitForEndpoints(destination, (found) =>
        this.#route(exchange, head, found, draw, isHttp2),
      );
    if (!waits) exchange.start(forwarding);
  }

  // A plain tunnel's bytes have been looked at.
  #learn(plan: OutboundPlan, head: RequestHead, isHttp2: boolean): void {
    if (isPlainTunnel(head)) return;
    this.lessonOf(plan).learn(isHttp2 ? "http2" : "http", "request");
  }
}
