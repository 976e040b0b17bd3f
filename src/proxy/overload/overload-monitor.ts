// Watches what a process may run out of, and sheds load in steps before it does.
//
// The request path pays for it with one field: `isRefusing`.

import type { Clock, Timer } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { Log } from "#base/log.ts";
import { LoopDelays } from "./loop-delays.ts";
import {
  nextLevel,
  OVERLOAD_LEVELS,
  type OverloadLevel,
  type OverloadResource,
  type Pressures,
  pressuresOf,
  worstOf,
} from "./overload-level.ts";
import type { OverloadSample, OverloadSampler } from "./overload-sample.ts";

// What can be given up. Those that answer a number say how many were hit.
export type OverloadActions = {
  readonly connectionsOpen: number;
  // Those that have been idle since the last call.
  closeIdle(): number;
  // No connection is kept for a further exchange.
  endKeepAlive(): number;
  // What is kept for readers who have stopped, the largest first.
  dropBuffers(): number;
};

export type OverloadReading = {
  readonly level: OverloadLevel;
  readonly pressures: Pressures;
  readonly idleClosed: number;
  readonly keepAliveEnded: number;
  readonly buffersDropped: number;
};

export type OverloadMonitorOptions = {
  readonly clock: Clock;
  readonly log: Log;
  readonly sampler: OverloadSampler;
  readonly actions: OverloadActions;
};

// Collecting garbage takes at most this share of the time.
const COLLECTING_RATIO = 0.05;
const NO_PRESSURE: Pressures = { heap: 0, memory: 0, descriptors: 0, loop: 0 };

export class OverloadMonitor {
  // Requests are answered with 503 at once. A field, and not derived: each request reads it.
  isRefusing = false;
  readonly #options: OverloadMonitorOptions;
  readonly #delays = new LoopDelays();
  #level: OverloadLevel = 0;
  #pressures = NO_PRESSURE;
  #timer: Timer | undefined;
  #delayMs: number = LIMITS.overloadSampleMs;
  #shedAgainAtMs = Number.NEGATIVE_INFINITY;
  #idleCheckedAtMs = Number.NEGATIVE_INFINITY;
  #collectsAgainAtMs = Number.NEGATIVE_INFINITY;
  #levelTold: OverloadLevel = 0;
  #toldAtMs = Number.NEGATIVE_INFINITY;
  #idleClosed = 0;
  #keepAliveEnded = 0;
  #buffersDropped = 0;

  constructor(options: OverloadMonitorOptions) {
    this.#options = options;
  }

  get isAccepting(): boolean {
    return this.#level < 4;
  }

  get reading(): OverloadReading {
    return {
      level: this.#level,
      pressures: this.#pressures,
      idleClosed: this.#idleClosed,
      keepAliveEnded: this.#keepAliveEnded,
      buffersDropped: this.#buffersDropped,
    };
  }

  start(): void {
    this.#timer = this.#options.clock.after(this.#delayMs, () => {
      this.#look();
      this.start();
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #look(): void {
    const { sampler, actions, clock } = this.#options;
    let sample = sampler.sample(actions.connectionsOpen, this.#delayMs);
    this.#delays.note(sample.loopDelayMs);
    if (this.#mayBeGarbage(sample) && clock.nowMs() >= this.#collectsAgainAtMs) {
      this.#collect();
      sample = sampler.sample(actions.connectionsOpen, this.#delayMs);
    }
    this.#pressures = pressuresOf(sample, this.#delays.lastingMs);
    const worst = worstOf(this.#pressures);
    const pressure = this.#pressures[worst];
    const levelBefore = this.#level;
    this.#level = nextLevel(levelBefore, pressure);
    this.isRefusing = this.#level >= 3;
    // The last of it may go within a tenth of a second.
    const isNear = pressure >= LIMITS.overloadAlertRatio;
    this.#delayMs = isNear ? LIMITS.overloadAlertMs : LIMITS.overloadSampleMs;
    if (this.#level > levelBefore || clock.nowMs() >= this.#shedAgainAtMs) this.#shed();
    if (this.#level !== this.#levelTold) this.#tell(worst);
  }

  // V8 collects when it must, and a process that refuses its work may never have to: full of
  // garbage it would refuse for ever.
  #mayBeGarbage({ heapBytes, heapBytesMax, memoryBytes, memoryBytesMax }: OverloadSample): boolean {
    const most = Math.max(heapBytes / heapBytesMax, memoryBytes / memoryBytesMax);
    return most >= LIMITS.overloadIdleRatio;
  }

  #collect(): void {
    const { sampler, clock } = this.#options;
    const startedMs = clock.nowMs();
    sampler.collect();
    const endedMs = clock.nowMs();
    const pauseMs = (endedMs - startedMs) / COLLECTING_RATIO;
    this.#collectsAgainAtMs = endedMs + Math.max(LIMITS.overloadSampleMs, pauseMs);
  }

  #shed(): void {
    const { actions, clock } = this.#options;
    const nowMs = clock.nowMs();
    this.#shedAgainAtMs = nowMs + LIMITS.overloadSampleMs;
    if (this.#level >= 1 && nowMs - this.#idleCheckedAtMs >= LIMITS.overloadIdleMs) {
      this.#idleCheckedAtMs = nowMs;
      this.#idleClosed += actions.closeIdle();
    }
    if (this.#level >= 2) this.#keepAliveEnded += actions.endKeepAlive();
    if (this.#level >= 4) this.#buffersDropped += actions.dropBuffers();
  }

  // A level that comes and goes is told now and then, and always where it has ended up.
  #tell(worst: OverloadResource): void {
    const { clock, log, actions } = this.#options;
    const nowMs = clock.nowMs();
    if (nowMs - this.#toldAtMs < LIMITS.overloadLogMs) return;
    const isWorse = this.#level > this.#levelTold;
    this.#toldAtMs = nowMs;
    this.#levelTold = this.#level;
    log[isWorse ? "warn" : "info"](isWorse ? "Overloaded: shedding load" : "Less overloaded", {
      level: OVERLOAD_LEVELS[this.#level],
      resource: worst,
      percent: Math.round(this.#pressures[worst] * 100),
      connections: actions.connectionsOpen,
    });
  }
}
