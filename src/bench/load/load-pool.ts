// Hot path.
//
// The connections of a load, and the arrivals that wait for one. Free connections take turns, so
// that all of them are in use however low the rate is.

import type { Clock } from "#base/clock.ts";
import { type DialTarget, LoadConnection } from "./load-connection.ts";
import type { LoadErrorKind } from "./load-result.ts";
import type { RequestSource } from "./request-source.ts";
import { Ring } from "./ring.ts";

export type LoadPoolOptions = {
  readonly target: DialTarget;
  readonly connections: number;
  readonly keepsAlive: boolean;
  readonly waitingMax: number;
  readonly requestTimeoutMs: number;
};

export type LoadPoolEvents = {
  answered(sinceMs: number, nowMs: number, status: number, bodyBytes: number): void;
  failed(sinceMs: number, nowMs: number, kind: LoadErrorKind): void;
};

const READ_BUFFER_BYTES = 65_536;

export class LoadPool {
  readonly #clock: Clock;
  readonly #options: LoadPoolOptions;
  readonly #source: RequestSource;
  readonly #events: LoadPoolEvents;
  readonly #connections: readonly LoadConnection[];
  readonly #free: Ring<LoadConnection>;
  // When each of them was due.
  readonly #waiting: Ring<number>;
  #isClosed = false;

  constructor(
    clock: Clock,
    options: LoadPoolOptions,
    source: RequestSource,
    events: LoadPoolEvents,
  ) {
    this.#clock = clock;
    this.#options = options;
    this.#source = source;
    this.#events = events;
    const buffer = Buffer.allocUnsafeSlow(READ_BUFFER_BYTES);
    this.#connections = Array.from(
      { length: options.connections },
      () => new LoadConnection(options.target, options.keepsAlive, buffer, this.#outcomes()),
    );
    this.#free = new Ring(options.connections);
    this.#waiting = new Ring(options.waitingMax);
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  get open(): number {
    return this.#options.connections - this.#free.length;
  }

  start(): void {
    for (const connection of this.#connections) {
      if (this.#options.keepsAlive) connection.dial();
      this.#free.push(connection);
    }
  }

  // A request whose latency counts from `sinceMs`.
  submit(sinceMs: number, nowMs: number): void {
    const connection = this.#free.shift();
    if (connection) connection.send(this.#source.next(), sinceMs, nowMs);
    else if (!this.#waiting.push(sinceMs)) this.#events.failed(sinceMs, nowMs, "overload");
  }

  // Now and then: nothing here sets a timer for each request.
  expireOverdue(nowMs: number): void {
    const sentBeforeMs = nowMs - this.#options.requestTimeoutMs;
    for (const connection of this.#connections) {
      if (connection.isBusy && connection.sentAtMs < sentBeforeMs) connection.expire();
    }
  }

  // Gives up all that is open or waiting.
  expireAll(nowMs: number): void {
    for (let due = this.#waiting.shift(); due !== undefined; due = this.#waiting.shift()) {
      this.#events.failed(due, nowMs, "timeout");
    }
    for (const connection of this.#connections) {
      if (connection.isBusy) connection.expire();
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const connection of this.#connections) connection.close();
  }

  #outcomes() {
    return {
      answered: (connection: LoadConnection) => {
        const { sinceMs, status, bodyBytes } = connection;
        const nowMs = this.#clock.nowMs();
        this.#release(connection, nowMs);
        this.#events.answered(sinceMs, nowMs, status, bodyBytes);
      },
      failed: (connection: LoadConnection, kind: LoadErrorKind) => {
        const { sinceMs } = connection;
        const nowMs = this.#clock.nowMs();
        this.#release(connection, nowMs);
        this.#events.failed(sinceMs, nowMs, kind);
      },
    };
  }

  // It takes the arrival that has waited longest, or joins the free ones.
  #release(connection: LoadConnection, nowMs: number): void {
    const sinceMs = this.#isClosed ? undefined : this.#waiting.shift();
    if (sinceMs === undefined) this.#free.push(connection);
    else connection.send(this.#source.next(), sinceMs, nowMs);
  }
}
