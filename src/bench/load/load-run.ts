// One load from its start to its result.
//
//   start ... warm-up ... from |<------- window ------->| until ... drain ... result
//
// A request counts if it was due inside the window, whenever its answer comes.

import { type Clock, systemClock, type Timer } from "#base/clock.ts";
import { type Random, systemRandom } from "#base/random.ts";
import { GeneratorMeter, limitReason } from "./generator-meter.ts";
import type { LoadOptions } from "./load-options.ts";
import type { GeneratorCost, LoadErrorKind, LoadProgress, LoadResult } from "./load-result.ts";
import { LoadStatistics } from "./load-statistics.ts";
import { openPool } from "./open-pool.ts";
import { Pacer } from "./pacer.ts";

export type LoadHooks = {
  // Once a second.
  readonly onProgress?: (progress: LoadProgress) => void;
  // Ends the load early: what is open is given up and counted as abandoned.
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  readonly random?: Random;
};

const PROGRESS_MS = 1000;
const CHECK_MS = 50;
// After a failure in a closed loop: a target that refuses at once must not turn it into a storm.
const PAUSE_MS = 1;
// Node's timers are this late by nature. Such an arrival counts as due when it was released: that
// moves a schedule that nobody but us drew. Any later, and the schedule stands.
const TIMER_GRAIN_MS = 2;

export class LoadRun {
  readonly #options: LoadOptions;
  readonly #hooks: LoadHooks;
  readonly #resolve: (result: LoadResult) => void;
  readonly #clock: Clock;
  readonly #statistics = new LoadStatistics();
  readonly #meter = new GeneratorMeter();
  readonly #pool: ReturnType<typeof openPool>;
  readonly #pacer: Pacer | undefined;
  readonly #grainMs: number;
  readonly #abort = () => this.#finish();
  #phase: "new" | "warm-up" | "window" | "drain" | "over" = "new";
  #startMs = 0;
  #fromMs = 0;
  #untilMs = 0;
  #progressMs = 0;
  #cost: GeneratorCost | undefined;
  #timer: Timer | undefined;

  constructor(options: LoadOptions, hooks: LoadHooks, resolve: (result: LoadResult) => void) {
    this.#options = options;
    this.#hooks = hooks;
    this.#resolve = resolve;
    this.#clock = hooks.clock ?? systemClock;
    const { loop } = options;
    const random = hooks.random ?? systemRandom;
    this.#pool = openPool(options, this.#clock, random, {
      answered: (sinceMs, nowMs, status, bodyBytes, grpcStatus) => {
        this.#statistics.noteAnswer(sinceMs, nowMs, status, bodyBytes, grpcStatus);
        this.#answered(nowMs);
      },
      failed: (...outcome) => this.#failed(...outcome),
    });
    this.#grainMs = loop.kind === "open" && loop.pacing === "timer" ? TIMER_GRAIN_MS : 0;
    if (loop.kind === "closed") return;
    const { ratePerSecond } = loop;
    if (!Number.isFinite(ratePerSecond) || ratePerSecond <= 0) {
      throw new RangeError(`Cannot load with ratePerSecond ${ratePerSecond}: it must be above 0`);
    }
    this.#pacer = new Pacer(this.#clock, random, loop, (dueMs, nowMs) => this.#due(dueMs, nowMs));
  }

  start(): void {
    const nowMs = this.#clock.nowMs();
    this.#startMs = nowMs;
    this.#fromMs = nowMs + this.#options.warmUpMs;
    this.#untilMs = this.#fromMs + this.#options.durationMs;
    this.#progressMs = nowMs + PROGRESS_MS;
    this.#statistics.begin(this.#fromMs);
    this.#phase = "warm-up";
    if (this.#hooks.signal?.aborted) return this.#finish();
    this.#hooks.signal?.addEventListener("abort", this.#abort, { once: true });
    this.#check();
    this.#pool.start();
    // The schedule and the window begin together, however long it took to dial.
    if (this.#pacer) return this.#pacer.start(nowMs);
    for (let i = 0; i < this.#pool.lanes; i++) this.#again(nowMs);
  }

  #due(dueMs: number, nowMs: number): void {
    this.#enterPhase(dueMs);
    const latenessMs = nowMs - dueMs;
    this.#submit(latenessMs <= this.#grainMs ? nowMs : dueMs, latenessMs, nowMs);
  }

  // Closed loop: one answered, the next.
  #again(nowMs: number): void {
    this.#enterPhase(nowMs);
    this.#submit(nowMs, 0, nowMs);
  }

  #submit(sinceMs: number, latenessMs: number, nowMs: number): void {
    if (this.#phase !== "warm-up" && this.#phase !== "window") return;
    this.#statistics.noteRequest(sinceMs, latenessMs);
    this.#pool.submit(sinceMs, nowMs);
    if (this.#statistics.requests >= this.#options.requestsMax) this.#drain(nowMs);
  }

  #answered(nowMs: number): void {
    this.#pacer?.noteActivity();
    if (!this.#pacer) this.#again(nowMs);
    this.#finishIfDrained();
  }

  #failed(sinceMs: number, nowMs: number, kind: LoadErrorKind): void {
    this.#statistics.noteError(sinceMs, nowMs, kind);
    this.#pacer?.noteActivity();
    if (!this.#pacer) this.#clock.after(PAUSE_MS, () => this.#again(this.#clock.nowMs()));
    this.#finishIfDrained();
  }

  #enterPhase(nowMs: number): void {
    if (this.#phase === "warm-up" && nowMs >= this.#fromMs) {
      this.#phase = "window";
      this.#meter.begin(this.#pacer?.spunMs ?? 0);
    }
    if (this.#phase === "window" && nowMs >= this.#untilMs) this.#drain(this.#untilMs);
  }

  // The schedule ends; what is open may still be answered.
  #drain(untilMs: number): void {
    if (this.#phase === "drain" || this.#phase === "over") return;
    this.#phase = "drain";
    this.#untilMs = Math.max(untilMs, this.#fromMs);
    this.#pacer?.stop();
    this.#statistics.end(this.#untilMs);
    this.#cost = this.#meter.read(
      this.#untilMs - this.#fromMs,
      this.#statistics.requests,
      this.#pacer?.spunMs ?? 0,
      this.#statistics.latenessUs,
    );
    this.#finishIfDrained();
  }

  #check(): void {
    const nowMs = this.#clock.nowMs();
    // A late end of the window must not swallow arrivals that were due inside it.
    if (nowMs >= this.#untilMs) this.#pacer?.releaseDue(nowMs);
    this.#enterPhase(nowMs);
    this.#pool.expireOverdue(nowMs);
    this.#tellProgress(nowMs);
    // What has waited so long without an answer has none.
    const patienceMs = this.#untilMs + this.#options.requestTimeoutMs;
    if (this.#phase === "drain" && nowMs >= patienceMs) this.#pool.expireAll(nowMs);
    this.#finishIfDrained();
    if (this.#phase !== "over") this.#timer = this.#clock.after(CHECK_MS, () => this.#check());
  }

  #tellProgress(nowMs: number): void {
    if (!this.#hooks.onProgress || nowMs < this.#progressMs) return;
    this.#progressMs += PROGRESS_MS * Math.ceil((nowMs - this.#progressMs + 1) / PROGRESS_MS);
    const { p50, p99 } = this.#statistics.latencyUs;
    this.#hooks.onProgress({
      elapsedMs: nowMs - this.#startMs,
      isWarmingUp: this.#phase === "warm-up",
      answers: this.#statistics.answers,
      errors: this.#statistics.failures,
      latencyP50Us: p50,
      latencyP99Us: p99,
      waiting: this.#pool.waiting,
    });
  }

  #finishIfDrained(): void {
    if (this.#phase === "drain" && this.#pool.open === 0) this.#finish();
  }

  #finish(): void {
    if (this.#phase === "over") return;
    this.#drain(this.#clock.nowMs());
    // The drain may have had nothing to wait for, and come here itself.
    if (this.#isOver()) return;
    this.#phase = "over";
    this.#timer?.cancel();
    this.#hooks.signal?.removeEventListener("abort", this.#abort);
    this.#pool.close();
    this.#resolve(this.#result());
  }

  #isOver(): boolean {
    return this.#phase === "over";
  }

  #result(): LoadResult {
    const { loop, target, protocol, connections, streams, keepsAlive } = this.#options;
    const { requests, answers, succeeded, failures } = this.#statistics;
    const elapsedMs = this.#untilMs - this.#fromMs;
    const reason = limitReason(this.#cost!, loop);
    return {
      ...{ target, protocol, loop: loop.kind, connections, streams, keepsAlive },
      elapsedMs: Math.round(elapsedMs),
      requests,
      answers,
      succeeded,
      successRate: answers + failures === 0 ? 0 : succeeded / (answers + failures),
      errors: this.#statistics.errors,
      abandoned: requests - answers - failures,
      statuses: this.#statistics.statuses(),
      grpcStatuses: this.#statistics.grpcStatuses(),
      bodyBytes: this.#statistics.bodyBytes,
      ratePerSecond: {
        requested: loop.kind === "open" ? loop.ratePerSecond : null,
        achieved: Number(((this.#statistics.answersInTime * 1000) / (elapsedMs || 1)).toFixed(1)),
      },
      latencyUs: this.#statistics.latencyUs,
      generator: this.#cost!,
      isLimit: reason !== "",
      limitReason: reason,
    };
  }
}
