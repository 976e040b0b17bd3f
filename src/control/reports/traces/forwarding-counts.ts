// Whether applications pass on the traces that they are sent, by what their proxies tell of the
// requests that are traced: a sample, as large as documents want it.
//
// Kept in two generations, so that what is told covers between one and two of their lengths.

import type { Clock } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { NameOf, ProxyName } from "#control/reports/sound-report.ts";
import type { ReportedSpan } from "#snapshot/reported-span.ts";
import { isSoundSpan } from "./sound-span.ts";

export type ForwardingCount = {
  readonly namespace: string;
  readonly workload: string; // as people call it
  // That it asked, "reviews.bookshop:9080"; "": requests that it was sent.
  readonly service: string;
  requests: number;
  // Of a trace that it was sent.
  forwarded: number;
  // Without a trace, or of one that it wasn't sent, while it was answering somebody.
  begun: number;
  foreign: number;
  // The same while it was answering nobody.
  own: number;
};

type Generation = { readonly sinceMs: number; readonly counts: Map<string, ForwardingCount> };

export class ForwardingCounts {
  readonly #clock: Clock;
  readonly #nameOf: NameOf;
  #current: Generation;
  #previous: Generation | undefined;

  constructor(clock: Clock, nameOf: NameOf) {
    this.#clock = clock;
    this.#nameOf = nameOf;
    this.#current = { sinceMs: clock.nowMs(), counts: new Map() };
  }

  // As they come from a proxy: any of it may be wrong.
  note({ namespace, workload }: ProxyName, spans: unknown): void {
    if (!Array.isArray(spans)) return;
    this.#turn();
    const name = this.#nameOf(namespace, workload);
    for (const span of spans.slice(0, LIMITS.spansToldMax)) {
      if (isSoundSpan(span)) this.#add(namespace, name, span);
    }
  }

  // All of a workload together, the requests that it was sent first.
  get byWorkload(): readonly (readonly ForwardingCount[])[] {
    this.#turn();
    const sums = new Map<string, ForwardingCount>();
    for (const { counts } of [this.#current, ...(this.#previous ? [this.#previous] : [])]) {
      for (const [key, count] of counts) {
        const sum = sums.get(key);
        sums.set(key, sum ? sumOf(sum, count) : count);
      }
    }
    const sorted = [...sums.values()].sort((a, b) => (a.service < b.service ? -1 : 1));
    return [...Map.groupBy(sorted, keyOfWorkload).values()];
  }

  // How far back they go.
  get windowMs(): number {
    this.#turn();
    return this.#clock.nowMs() - (this.#previous ?? this.#current).sinceMs;
  }

  #turn(): void {
    const nowMs = this.#clock.nowMs();
    const ageMs = nowMs - this.#current.sinceMs;
    if (ageMs < LIMITS.forwardingKeptMs) return;
    this.#previous = ageMs < 2 * LIMITS.forwardingKeptMs ? this.#current : undefined;
    this.#current = { sinceMs: nowMs, counts: new Map() };
  }

  #add(namespace: string, workload: string, span: ReportedSpan): void {
    const { kind, context, parentId } = span;
    const service = kind === "server" ? "" : span.service;
    // Older proxies don't tell; and nobody was asked.
    if (kind === "client" && (context === undefined || service === "")) return;
    const count = this.#countOf(namespace, workload, service);
    if (!count) return;
    count.requests++;
    if (context === "forwarded") count.forwarded++;
    else if (context === "own") count.own++;
    else if (context === "dropped" && parentId === "") count.begun++;
    else if (context === "dropped") count.foreign++;
  }

  #countOf(namespace: string, workload: string, service: string): ForwardingCount | undefined {
    const { counts } = this.#current;
    const key = `${namespace}/${workload} ${service}`;
    const known = counts.get(key);
    if (known) return known;
    if (counts.size >= LIMITS.forwardingEdgesMax) return undefined;
    const none = { requests: 0, forwarded: 0, begun: 0, foreign: 0, own: 0 };
    const count = { namespace, workload, service, ...none };
    counts.set(key, count);
    return count;
  }
}

function sumOf(a: ForwardingCount, b: ForwardingCount): ForwardingCount {
  return {
    ...a,
    requests: a.requests + b.requests,
    forwarded: a.forwarded + b.forwarded,
    begun: a.begun + b.begun,
    foreign: a.foreign + b.foreign,
    own: a.own + b.own,
  };
}

function keyOfWorkload({ namespace, workload }: ForwardingCount): string {
  return `${namespace}/${workload}`;
}
