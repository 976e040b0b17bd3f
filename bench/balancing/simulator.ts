// Requests, servers and time that passes only here: what the product's own balancers and their
// memory of endpoints make of servers that are slow or busy. Seeded, so that a run repeats exactly.

import { type Random, seededRandom } from "#base/random.ts";
import { balancerFor } from "#proxy/balancing/balancer-for.ts";
import { EndpointLoad } from "#proxy/balancing/endpoint-load.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import { BackendHealth } from "#proxy/resilience/backend-health.ts";
import type { BalancerPlan } from "#snapshot/destination-policy-plan.ts";
import { EventQueue } from "./event-queue.ts";

// When the answer comes to a request that arrives now.
export type Server = { answersAtMs(nowMs: number, random: Random): number };

export type Simulated = {
  readonly servers: () => readonly Server[]; // new ones for each run
  // Callers' proxies, each with its own balancer; requests come to them in turn.
  readonly proxies: number;
  readonly load: SimulatedLoad;
  readonly warmUpMs: number; // not counted
  readonly durationMs: number; // counted
  // Callers give up after that.
  readonly patienceMs: number;
};

export type SimulatedLoad =
  // Arrivals at random times.
  | { readonly kind: "open"; readonly perSecond: number }
  // Each caller asks again as soon as it is answered.
  | { readonly kind: "closed"; readonly callers: number };

export type Outcome = {
  readonly latenciesMs: Float64Array; // ascending
  readonly byServer: readonly number[];
  readonly perSecond: number;
};

const HEAD: RequestHead = {
  ...{ method: "GET", scheme: "http", authority: "backend", path: "/", headers: [] },
  contentLength: 0,
};

export function simulate(setting: Simulated, balancer: BalancerPlan, seed: number): Outcome {
  const { load, warmUpMs, durationMs } = setting;
  const run = new Run(setting, balancer, seed);
  const endMs = warmUpMs + durationMs;
  if (load.kind === "closed") {
    for (let i = 0; i < load.callers; i++) run.askOnAndOn(i, endMs);
  } else run.arrive(load.perSecond, endMs);
  return run.finish(endMs);
}

class Run {
  readonly #queue = new EventQueue();
  readonly #random: Random;
  readonly #servers: readonly Server[];
  readonly #proxies: ReturnType<typeof proxyOver>[];
  readonly #fromMs: number;
  readonly #patienceMs: number;
  readonly #latencies: number[] = [];
  readonly #byServer: number[];
  #asked = 0;

  constructor(
    { servers, proxies, warmUpMs, patienceMs }: Simulated,
    balancer: BalancerPlan,
    seed: number,
  ) {
    this.#random = seededRandom(seed);
    this.#servers = servers();
    this.#byServer = this.#servers.map(() => 0);
    this.#proxies = Array.from({ length: proxies }, () =>
      proxyOver(this.#servers.length, balancer),
    );
    this.#fromMs = warmUpMs;
    this.#patienceMs = patienceMs;
  }

  arrive(perSecond: number, endMs: number): void {
    const next = (nowMs: number): void => {
      this.#ask(this.#asked++, nowMs, () => {});
      const laterMs = nowMs - (Math.log(1 - this.#random()) * 1000) / perSecond;
      if (laterMs < endMs) this.#queue.at(laterMs, next);
    };
    this.#queue.at(0, next);
  }

  askOnAndOn(caller: number, endMs: number): void {
    const next = (nowMs: number): void => {
      if (nowMs < endMs) this.#ask(caller, nowMs, next);
    };
    this.#queue.at(0, next);
  }

  // What was asked before the end is waited for.
  finish(endMs: number): Outcome {
    this.#queue.run();
    const latenciesMs = Float64Array.from(this.#latencies).sort();
    const seconds = (endMs - this.#fromMs) / 1000;
    return { latenciesMs, byServer: this.#byServer, perSecond: latenciesMs.length / seconds };
  }

  #ask(from: number, nowMs: number, done: (nowMs: number) => void): void {
    const { endpoints, balancer } = this.#proxies[from % this.#proxies.length]!;
    const at = balancer.pick(HEAD, nowMs, this.#random, undefined);
    const { load, health } = endpoints[at]!;
    load.began();
    load.sent(nowMs);
    const answersAtMs = this.#servers[at]!.answersAtMs(nowMs, this.#random);
    const isGivenUp = answersAtMs > nowMs + this.#patienceMs;
    this.#queue.at(isGivenUp ? nowMs + this.#patienceMs : answersAtMs, (endedMs) => {
      const tookMs = endedMs - nowMs;
      load.settled();
      if (isGivenUp) load.givenUp(endedMs, tookMs);
      else {
        load.answered(endedMs, tookMs, false);
        health.answered(endedMs, 200);
      }
      load.ended();
      if (nowMs >= this.#fromMs) {
        this.#latencies.push(tookMs);
        this.#byServer[at]!++;
      }
      done(endedMs);
    });
  }
}

function proxyOver(servers: number, plan: BalancerPlan) {
  const keys = Array.from({ length: servers }, (_, i) => `10.0.0.${i}:80`);
  const backend = new BackendHealth();
  backend.adopt(undefined, keys, 0);
  const endpoints = keys.map((key) => ({ load: new EndpointLoad(), health: backend.of(key)! }));
  return { endpoints, balancer: balancerFor(plan, endpoints, keys, () => "caller") };
}
