// Hot path.
//
// Requests as they happen, for those who watch. While nobody does it costs each request a look at
// `isWatched`; while somebody does, what they don't want costs its filter. Bounded by what each
// watch wants a second, and by what waits to be told.

import type { Clock, Timer } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import { asksForTunnel, type Headers } from "#proxy/exchange/heads.ts";
import type { TapEnd, TapEvent, TapWatch } from "#snapshot/tap.ts";
import type { TapPlan } from "#snapshot/tap-plan.ts";
import { BodyKeeper } from "./tap-bodies/body-keeper.ts";
import { toldBodies } from "./tap-bodies/told-bodies.ts";
import { tapEventSize } from "./tap-event-size.ts";
import { passesRequest, passesResult, waitsForAnswer } from "./tap-filter.ts";
import { TapPolicy } from "./tap-policy.ts";
import { type TapSeen, tapRequest } from "./tap-request.ts";
import { TapTicket } from "./tap-ticket.ts";

export type TapTold = { readonly events: readonly TapEvent[]; readonly untold: number };

export type TapEnding = Omit<TapEnd, "phase" | "watches" | "stream" | "bodies"> & {
  readonly hasRequestEnded: boolean;
};

type Watched = { readonly watch: TapWatch; secondStartMs: number; toldInSecond: number };

const SECOND_MS = 1000;

export class Tap {
  isWatched = false;
  readonly #clock: Clock;
  readonly #tell: (told: TapTold) => void;
  #policy = new TapPolicy();
  #watches: readonly Watched[] = [];
  #keeper: BodyKeeper | undefined;
  #events: TapEvent[] = [];
  #size = 0;
  #untold = 0;
  #streams = 0;
  #flushing: Timer | undefined;

  constructor(clock: Clock, tell: (told: TapTold) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  // As documents say. It holds for bodies that are kept already, too.
  obey(plan: TapPlan | undefined): void {
    this.#policy = new TapPolicy(plan);
  }

  // Instead of those before.
  watch(watches: readonly TapWatch[]): void {
    const taken = watches.slice(0, LIMITS.tapWatchesMax);
    this.#watches = taken.map((watch) => ({ watch, secondStartMs: 0, toldInSecond: 0 }));
    this.isWatched = taken.length > 0;
    this.#keepFor(taken);
    if (this.isWatched) return;
    this.#flushing?.cancel();
    this.#flushing = undefined;
    this.#events = [];
    this.#size = 0;
    this.#untold = 0;
  }

  // A request that has just found where it goes, or that it goes nowhere. Null: nobody wants it.
  begin(seen: TapSeen): TapTicket | null {
    const nowMs = this.#clock.nowMs();
    const now: TapWatch[] = [];
    const later: TapWatch[] = [];
    for (let i = 0; i < this.#watches.length; i++) {
      const { watch } = this.#watches[i]!;
      if (!passesRequest(watch.filter, seen)) continue;
      if (waitsForAnswer(watch.filter)) later.push(watch);
      else if (this.#admits(this.#watches[i]!, nowMs)) now.push(watch);
    }
    if (now.length === 0 && later.length === 0) return null;
    const ticket = new TapTicket(++this.#streams, now, later);
    const wallMs = this.#clock.wallMs() - (nowMs - seen.startedMs);
    ticket.request = tapRequest(seen, ticket.stream, wallMs, this.#policy);
    if (this.#keeper !== undefined) this.#keep(ticket, seen);
    if (now.length > 0) this.#add({ ...ticket.request, watches: idsOf(now) });
    return ticket;
  }

  answered(ticket: TapTicket, status: number, latencyMs: number, headers: Headers): void {
    const { stream, now } = ticket;
    const told = this.#policy.headers(headers);
    const watches = idsOf(now);
    ticket.answer = { phase: "answer", watches, stream, status, latencyMs, headers: told };
    if (now.length > 0) this.#add(ticket.answer);
  }

  ended(ticket: TapTicket, { hasRequestEnded, ...ending }: TapEnding): void {
    const { stream, now, later, request, answer } = ticket;
    const latencyMs = answer?.latencyMs ?? ending.durationMs;
    const passing = later.filter(({ id, filter }) => {
      return passesResult(filter, ending.status, latencyMs) && this.#admitsId(id);
    });
    for (const event of passing.length > 0 ? [request, answer] : []) {
      if (event) this.#add({ ...event, watches: idsOf(passing) });
    }
    const end = { phase: "end" as const, watches: [], stream, ...ending };
    this.#addEnds(ticket, end, [...now, ...passing], hasRequestEnded);
    ticket.kept?.release();
  }

  // ---- bodies -----------------------------------------------------------------------------------

  #keepFor(watches: readonly TapWatch[]): void {
    const perSecond = watches.reduce((sum, { bodies }) => sum + (bodies?.bytesPerSecond ?? 0), 0);
    if (perSecond > 0) {
      this.#keeper ??= new BodyKeeper(this.#clock);
      this.#keeper.bytesPerSecond = Math.min(perSecond, LIMITS.tapBodyBytesPerSecond);
    } else {
      this.#keeper?.close();
      this.#keeper = undefined;
    }
  }

  #keep(ticket: TapTicket, { head, endpoint }: TapSeen): void {
    const wanted = Math.max(mostBytes(ticket.now), mostBytes(ticket.later));
    if (wanted === 0 || this.#policy.bodies === "none") return;
    if (asksForTunnel(head)) ticket.withheld = "upgrade";
    else if (endpoint === "") ticket.withheld = "unsent";
    else {
      ticket.kept = this.#keeper!.open(Math.min(wanted, LIMITS.tapBodyBytesMax));
      ticket.withheld = "busy";
    }
  }

  // Those who want bodies get an end with as much of them as each wants.
  #addEnds(
    { kept, withheld, request, answer }: TapTicket,
    end: TapEnd,
    watches: readonly TapWatch[],
    hasRequestEnded: boolean,
  ): void {
    const without = watches.filter(({ bodies }) => bodies === undefined);
    if (without.length > 0) this.#add({ ...end, watches: idsOf(without) });
    const seen = {
      ...{ kept, withheld, hasRequestEnded, hasResponseEnded: end.cause === "" },
      ...{ requestBytes: end.requestBytes, responseBytes: end.responseBytes },
      ...{ requestHeaders: request?.headers ?? [], responseHeaders: answer?.headers ?? [] },
    };
    // Who has gone meanwhile gets none.
    let wanting = watches.filter((each) => each.bodies && this.#find(each.id) !== undefined);
    while (wanting.length > 0) {
      const { bytesMax } = wanting[0]!.bodies!;
      const alike = wanting.filter(({ bodies }) => bodies!.bytesMax === bytesMax);
      wanting = wanting.filter(({ bodies }) => bodies!.bytesMax !== bytesMax);
      const bodies = toldBodies(seen, this.#policy, bytesMax);
      this.#add({ ...end, watches: idsOf(alike), bodies });
    }
  }

  // ---- rates ------------------------------------------------------------------------------------

  #find(id: number): Watched | undefined {
    return this.#watches.find(({ watch }) => watch.id === id);
  }

  #admitsId(id: number): boolean {
    const watched = this.#find(id);
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

  // ---- telling ----------------------------------------------------------------------------------

  #add(event: TapEvent): void {
    // Of a request that was wanted by who has gone.
    if (!this.isWatched) return;
    if (this.#events.length >= LIMITS.tapEventsMax) this.#untold++;
    else this.#events.push(event);
    this.#size += tapEventSize(event);
    // A message that is too large would cost the connection to the control plane.
    if (this.#size > LIMITS.tapMessageBytes) this.#flush();
    else this.#flushLater();
  }

  // One timer for all that comes until then.
  #flushLater(): void {
    if (!this.isWatched) return;
    this.#flushing ??= this.#clock.after(LIMITS.tapTellMs, () => this.#flush());
  }

  #flush(): void {
    this.#flushing?.cancel();
    this.#flushing = undefined;
    const told = { events: this.#events, untold: this.#untold };
    this.#events = [];
    this.#size = 0;
    this.#untold = 0;
    this.#tell(told);
  }
}

function idsOf(watches: readonly TapWatch[]): number[] {
  return watches.map(({ id }) => id);
}

function mostBytes(watches: readonly TapWatch[]): number {
  return watches.reduce((most, { bodies }) => Math.max(most, bodies?.bytesMax ?? 0), 0);
}
