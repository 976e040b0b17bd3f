// Hot path.
//
// The lanes of a load, and the arrivals that wait for one. Free lanes take turns, so that all
// connections are in use however low the rate is.

import type { Clock } from "#base/clock.ts";
import type { LaneEvents, LoadLane, LoadProtocol } from "./load-lane.ts";
import type { LoadErrorKind } from "./load-result.ts";
import { Ring } from "./ring.ts";

export type LoadPoolOptions = {
  readonly keepsAlive: boolean;
  readonly waitingMax: number;
  readonly requestTimeoutMs: number;
};

export type LoadPoolEvents = {
  answered(
    sinceMs: number,
    nowMs: number,
    status: number,
    bodyBytes: number,
    grpcStatus: number,
  ): void;
  failed(sinceMs: number, nowMs: number, kind: LoadErrorKind): void;
};

export class LoadPool<Request> {
  readonly #clock: Clock;
  readonly #options: LoadPoolOptions;
  readonly #source: LoadProtocol<Request>["source"];
  readonly #events: LoadPoolEvents;
  readonly #lanes: readonly LoadLane<Request>[];
  readonly #free: Ring<LoadLane<Request>>;
  // When each of them was due.
  readonly #waiting: Ring<number>;
  #isClosed = false;

  constructor(
    clock: Clock,
    options: LoadPoolOptions,
    protocol: LoadProtocol<Request>,
    events: LoadPoolEvents,
  ) {
    this.#clock = clock;
    this.#options = options;
    this.#source = protocol.source;
    this.#events = events;
    this.#lanes = protocol.lanes(this.#outcomes());
    this.#free = new Ring(this.#lanes.length);
    this.#waiting = new Ring(options.waitingMax);
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  // Requests that may be under way at a time.
  get lanes(): number {
    return this.#lanes.length;
  }

  get open(): number {
    return this.#lanes.length - this.#free.length;
  }

  start(): void {
    for (const lane of this.#lanes) {
      if (this.#options.keepsAlive) lane.dial();
      this.#free.push(lane);
    }
  }

  // A request whose latency counts from `sinceMs`.
  submit(sinceMs: number, nowMs: number): void {
    const lane = this.#free.shift();
    if (lane) lane.send(this.#source.next(), sinceMs, nowMs);
    else if (!this.#waiting.push(sinceMs)) this.#events.failed(sinceMs, nowMs, "overload");
  }

  // Now and then: nothing here sets a timer for each request.
  expireOverdue(nowMs: number): void {
    const sentBeforeMs = nowMs - this.#options.requestTimeoutMs;
    for (const lane of this.#lanes) {
      if (lane.isBusy && lane.sentAtMs < sentBeforeMs) lane.expire();
    }
  }

  // Gives up all that is open or waiting.
  expireAll(nowMs: number): void {
    for (let due = this.#waiting.shift(); due !== undefined; due = this.#waiting.shift()) {
      this.#events.failed(due, nowMs, "timeout");
    }
    for (const lane of this.#lanes) {
      if (lane.isBusy) lane.expire();
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const lane of this.#lanes) lane.close();
  }

  #outcomes(): LaneEvents<Request> {
    return {
      answered: (lane) => {
        const { sinceMs, status, bodyBytes, grpcStatus } = lane;
        const nowMs = this.#clock.nowMs();
        this.#release(lane, nowMs);
        this.#events.answered(sinceMs, nowMs, status, bodyBytes, grpcStatus);
      },
      failed: (lane, kind) => {
        const { sinceMs } = lane;
        const nowMs = this.#clock.nowMs();
        this.#release(lane, nowMs);
        this.#events.failed(sinceMs, nowMs, kind);
      },
    };
  }

  // It takes the arrival that has waited longest, or joins the free ones.
  #release(lane: LoadLane<Request>, nowMs: number): void {
    const sinceMs = this.#isClosed ? undefined : this.#waiting.shift();
    if (sinceMs === undefined) this.#free.push(lane);
    else lane.send(this.#source.next(), sinceMs, nowMs);
  }
}
