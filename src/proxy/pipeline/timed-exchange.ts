// Hot path.
//
// How long an exchange may take. What is slow or silent costs its limit and then time:
// - Nothing moves in either direction: `streamIdleMs`, for tunnels `tunnelIdleMs`, and
//   `tunnelHalfClosedIdleMs` where one of their directions is closed. A reader who takes nothing
//   makes the writer pause, so this bounds it, too.
// - A request's body that comes too slowly: `requestTimeoutMs`, see request-body.ts. Only until the
//   answer begins: an upstream that answers meanwhile wants to listen.
// - The call's own deadline (call-deadline.ts), and the times that the rule sets (course.ts).
//
// Seconds are counted by the watch, between the limit and one second more.

import { Deadline } from "#base/deadlines.ts";
import type { Limits } from "#base/limits.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import type { BodyTaker } from "./body-copy.ts";
import { Course, type CourseRules } from "./course.ts";
import type { ExchangeTools } from "./exchange-tools.ts";
import { WATCH_TICK_MS, Watched } from "./exchange-watch.ts";
import {
  DEADLINE_EXCEEDED,
  REQUEST_TIMED_OUT,
  ROUTE_TIMED_OUT,
  STREAM_IDLE,
} from "./proxy-failures.ts";
import type { RequestBody } from "./request-body.ts";

export type State = "awaiting" | "connecting" | "pausing" | "open" | "answering" | "over";
export type Phase = "asking" | "answering" | "tunnel" | "half-closed";

export abstract class TimedExchange extends Watched {
  protected readonly body: RequestBody;
  readonly startedMs: number;
  readonly #tools: ExchangeTools;
  #secondsQuiet = 0;
  #deadline: Deadline | undefined;
  #pause: Deadline | undefined;
  // Where the rule that takes it wants anything.
  protected course: Course | undefined;
  // Faults were decided on; and it has had one.
  isGated = false;
  protected isDelayed = false;
  protected state: State = "awaiting";

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

  // The decision is not made yet: the body has to wait.
  hold(): void {
    this.body.hold();
  }

  // A fault, before it starts: it goes on later.
  delay(ms: number, goOn: () => void): void {
    if (this.state === "over") return;
    this.body.hold();
    this.isDelayed = true;
    this.pause(ms, goOn);
  }

  // With the request's body as a whole, once it is here.
  whenAsked(taker: BodyTaker): void {
    this.body.whenWhole(this.#tools.copies, taker);
  }

  // Before it starts. The rule that takes it first counts, whatever it waits for then.
  obey(rules: CourseRules | undefined, head: RequestHead): void {
    if (rules === undefined || this.course || this.state === "over") return;
    this.course = new Course(rules, this.#tools, head, this.body);
    const requestExpired = (): void => this.expire(ROUTE_TIMED_OUT);
    this.course.begin({ requestExpired, tryExpired: () => this.expireTry() }, this.ageMs);
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

  protected abstract expireTry(): void;

  protected pause(ms: number, then: () => void): void {
    this.state = "pausing";
    this.#pause = new Deadline(then);
    this.#tools.deadlines.set(this.#pause, ms);
  }

  protected stopPause(): void {
    this.#tools.deadlines.clear(this.#pause!);
  }

  // Something came, or somebody takes more of it.
  protected moved(): void {
    this.#secondsQuiet = 0;
  }

  // It is over.
  protected stopTime(): void {
    this.#tools.watch.remove(this);
    if (this.#deadline) this.#tools.deadlines.clear(this.#deadline);
    this.course?.over();
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
