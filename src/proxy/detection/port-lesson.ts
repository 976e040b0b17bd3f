// Hot path.
//
// What was learned of one service port. Noting the same again costs two stores.

import type { Clock } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";

export type ServicePortName = {
  readonly namespace: string;
  readonly name: string; // of the service
  readonly port: number;
};

// In documents' words, and "tls", which is "tcp" to them.
const PROTOCOLS = ["http", "http2", "tls", "tcp"] as const;
const REASONS = ["first-bytes", "server-first", "silence", "request"] as const;

export type LearnedProtocol = (typeof PROTOCOLS)[number];
export type LessonReason = (typeof REASONS)[number];

export class PortLesson {
  readonly port: ServicePortName;
  readonly #clock: Clock;
  readonly #counts = new Float64Array(PROTOCOLS.length * REASONS.length);
  #protocol: LearnedProtocol | undefined;
  #isConfirmed = false;
  #usedAtMs: number;

  constructor({ namespace, name, port }: ServicePortName, clock: Clock) {
    this.port = { namespace, name, port };
    this.#clock = clock;
    this.#usedAtMs = clock.nowMs();
  }

  // undefined: nothing, or too long ago.
  get protocol(): LearnedProtocol | undefined {
    const isOver = this.#clock.nowMs() - this.#usedAtMs > LIMITS.lessonLifeMs;
    return isOver ? undefined : this.#protocol;
  }

  get usedAtMs(): number {
    return this.#usedAtMs;
  }

  // One connection or request was taken for this.
  count(protocol: LearnedProtocol, reason: LessonReason): void {
    const at = PROTOCOLS.indexOf(protocol) * REASONS.length + REASONS.indexOf(reason);
    this.#counts[at]! += 1;
  }

  // And so will the next be.
  learn(protocol: LearnedProtocol, reason: LessonReason): void {
    this.count(protocol, reason);
    this.#protocol = protocol;
    this.#isConfirmed = true;
    this.#usedAtMs = this.#clock.nowMs();
  }

  takeConfirmed(): boolean {
    const isConfirmed = this.#isConfirmed;
    this.#isConfirmed = false;
    return isConfirmed;
  }

  counts() {
    return PROTOCOLS.flatMap((protocol, i) =>
      REASONS.flatMap((reason, j) => {
        const count = this.#counts[i * REASONS.length + j]!;
        return count === 0 ? [] : { ...this.port, protocol, reason, count };
      }),
    );
  }
}
