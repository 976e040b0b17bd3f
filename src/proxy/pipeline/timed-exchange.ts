// Hot path.
//
// How long an exchange may take. What is slow or silent costs its limit and then time:
// - Nothing moves in either direction: `streamIdleMs`, for tunnels `tunnelIdleMs`, and
//   `tunnelHalfClosedIdleMs` where one of their directions is closed. A reader who takes nothing
//   makes the writer pause, so this bounds it, too.
// - A request's body that comes too slowly: `requestTimeoutMs`, see request-body.ts. Only until the
//   answer begins: an upstream that answers meanwhile wants to listen.
// - The call's own deadline (call-deadline.ts).
//
// Seconds are counted by the watch, between the limit and one second more.

import { Deadline } from "#base/deadlines.ts";
import type { Limits } from "#base/limits.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import type { ExchangeTools } from "./exchange-tools.ts";
import { WATCH_TICK_MS, Watched } from "./exchange-watch.ts";
import { DEADLINE_EXCEEDED, REQUEST_TIMED_OUT, STREAM_IDLE } from "./proxy-failures.ts";
import type { RequestBody } from "./request-body.ts";

export type Phase = "asking" | "answering" | "tunnel" | "half-closed";

export abstract class TimedExchange extends Watched {
  protected readonly body: RequestBody;
  protected readonly startedMs: number;
  readonly #tools: ExchangeTools;
  #secondsQuiet = 0;
  #deadline: Deadline | undefined;

  constructor(tools: ExchangeTools, body: RequestBody) {
    super();
    this.body = body;
    this.#tools = tools;
    this.startedMs = tools.clock.nowMs();
    tools.watch.add(this);
  }

  get ageMs(): number {
    return this.#tools.clock.nowMs() - this.startedMs;
  }

  // Whoever asks waits no longer than that.
  endWithin(ms: number): void {
    this.#deadline = new Deadline(() => this.expire(DEADLINE_EXCEEDED));
    this.#tools.deadlines.set(this.#deadline, ms);
  }

  override tick(): void {
    const limits = this.#tools.limits.current;
    const { phase } = this;
    this.#secondsQuiet++;
    if (this.body.tick(limits) && phase === "asking") this.expire(REQUEST_TIMED_OUT);
    else if (this.#secondsQuiet * WATCH_TICK_MS > quietMaxMs(phase, limits)) {
      this.expire(STREAM_IDLE);
    }
  }

  protected abstract get phase(): Phase;

  protected abstract expire(failure: Failure): void;

  // Something came, or somebody takes more of it.
  protected moved(): void {
    this.#secondsQuiet = 0;
  }

  // It is over.
  protected stopTime(): void {
    this.#tools.watch.remove(this);
    if (this.#deadline) this.#tools.deadlines.clear(this.#deadline);
  }
}

function quietMaxMs(phase: Phase, limits: Limits): number {
  switch (phase) {
    case "tunnel":
      return limits.tunnelIdleMs;
    case "half-closed":
      return limits.tunnelHalfClosedIdleMs;
    default:
      return limits.streamIdleMs;
  }
}
