// Hot path.
//
// Requests as they happen, for those who watch. While nobody does it costs each request a look at
// `isWatched`; while somebody does, what they don't want costs its filter. Bounded by what each
// watch wants a second, and by what waits to be told.

import type { Clock, Timer } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { TapEvent, TapWatch } from "#snapshot/tap.ts";
import { passesRequest, passesResult, waitsForAnswer } from "./tap-filter.ts";
import { type TapSeen, tapRequest } from "./tap-request.ts";
import { TapTicket } from "./tap-ticket.ts";

export type TapTold = { readonly events: readonly TapEvent[]; readonly untold: number };

type Watched = { readonly watch: TapWatch; secondStartMs: number; toldInSecond: number };

const SECOND_MS = 1000;

export class Tap {
  isWatched = false;
  readonly #clock: Clock;
  readonly #tell: (told: TapTold) => void;
  #watches: readonly Watched[] = [];
  #events: TapEvent[] = [];
  #untold = 0;
  #streams = 0;
  #flushing: Timer | undefined;

  constructor(clock: Clock, tell: (told: TapTold) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  // Instead of those before.
  watch(watches: readonly TapWatch[]): void {
    const taken = watches.slice(0, LIMITS.tapWatchesMax);
    this.#watches = taken.map((watch) => ({ watch, secondStartMs: 0, toldInSecond: 0 }));
    this.isWatched = taken.length > 0;
    if (this.isWatched) return;
    this.#flushing?.cancel();
    this.#flushing = undefined;
    this.#events = [];
    this.#untold = 0;
  }

  // A request that has just found where it goes, or that it goes nowhere. Null: nobody wants it.
  begin(seen: TapSeen): TapTicket | null {
    const nowMs = this.#clock.nowMs();
    const now: number[] = [];
    const later: TapWatch[] = [];
    for (let i = 0; i < this.#watches.length; i++) {
      const { watch } = this.#watches[i]!;
      if (!passesRequest(watch.filter, seen)) continue;
      if (waitsForAnswer(watch.filter)) later.push(watch);
      else if (this.#admits(this.#watches[i]!, nowMs)) now.push(watch.id);
    }
    if (now.length === 0 && later.length === 0) return null;
    const ticket = new TapTicket(++this.#streams, now, later);
    const wallMs = this.#clock.wallMs() - (nowMs - seen.startedMs);
    ticket.request = tapRequest(seen, ticket.stream, wallMs);
    if (now.length > 0) this.#add({ ...ticket.request, watches: now });
    return ticket;
  }

  answered(
    ticket: TapTicket,
    status: number,
    latencyMs: number,
    headers: readonly (readonly [name: string, value: string])[],
  ): void {
    const { stream, now } = ticket;
    ticket.answer = { phase: "answer", watches: now, stream, status, latencyMs, headers };
    if (now.length > 0) this.#add(ticket.answer);
  }

  ended(ticket: TapTicket, end: Omit<Extract<TapEvent, { phase: "end" }>, "phase" | "watches">) {
    const { now, later, request, answer } = ticket;
    const told = { phase: "end" as const, watches: now, ...end };
    if (now.length > 0) this.#add(told);
    const latencyMs = answer?.latencyMs ?? end.durationMs;
    const passing = later
      .filter(({ filter }) => passesResult(filter, end.status, latencyMs))
      .map(({ id }) => id)
      .filter((id) => this.#admitsId(id));
    if (passing.length === 0) return;
    for (const event of [request, answer, told]) {
      if (event) this.#add({ ...event, watches: passing });
    }
  }

  #admitsId(id: number): boolean {
    const watched = this.#watches.find(({ watch }) => watch.id === id);
    return watched !== undefined && this.#admits(watched, this.#clock.nowMs());
  }

  #admits(watched: Watched, nowMs: number): boolean {
    if (nowMs - watched.secondStartMs >= SECOND_MS) {
      watched.secondStartMs = nowMs;
      watched.toldInSecond = 0;
    }
    if (watched.toldInSecond < watched.watch.perSecondMax) {
      watched.toldInSecond++;
      return true;
    }
    this.#untold++;
    this.#flushLater();
    return false;
  }

  #add(event: TapEvent): void {
    // Of a request that was wanted by who has gone.
    if (!this.isWatched) return;
    if (this.#events.length >= LIMITS.tapEventsMax) this.#untold++;
    else this.#events.push(event);
    this.#flushLater();
  }

  // One timer for all that comes until then.
  #flushLater(): void {
    if (!this.isWatched) return;
    this.#flushing ??= this.#clock.after(LIMITS.tapTellMs, () => this.#flush());
  }

  #flush(): void {
    this.#flushing = undefined;
    const told = { events: this.#events, untold: this.#untold };
    this.#events = [];
    this.#untold = 0;
    this.#tell(told);
  }
}
