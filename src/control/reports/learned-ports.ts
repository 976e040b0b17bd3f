// What proxies have found undeclared ports of services to speak. Each tells what it learned or
// confirmed since its last report; the latest word counts, and is forgotten when nobody repeats it.

import type { Clock } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { LearnedPort } from "#snapshot/report.ts";

type Known = { readonly protocol: LearnedPort["protocol"]; readonly atMs: number };

const PROTOCOLS: readonly unknown[] = ["http", "http2", "tls", "tcp"];

export class LearnedPorts {
  readonly #clock: Clock;
  readonly #known = new Map<string, Known>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  // As it comes from a proxy: any of it may be wrong. Returns how many were not taken.
  note(learned: unknown): number {
    if (learned === undefined) return 0;
    if (!Array.isArray(learned)) return 1;
    const sound = learned.slice(0, LIMITS.lessonsMax).filter(isSound);
    for (const port of sound) this.#note(port);
    return learned.length - sound.length;
  }

  protocolOf(namespace: string, service: string, port: number): Known["protocol"] | undefined {
    const known = this.#known.get(keyOf(namespace, service, port));
    return known && this.#holds(known) ? known.protocol : undefined;
  }

  #note({ namespace, service, port, protocol }: LearnedPort): void {
    const key = keyOf(namespace, service, port);
    // The one that was repeated last is the last.
    this.#known.delete(key);
    this.#known.set(key, { protocol, atMs: this.#clock.nowMs() });
    for (const [oldest, known] of this.#known) {
      if (this.#holds(known) && this.#known.size <= LIMITS.reportSeriesMax) return;
      this.#known.delete(oldest);
    }
  }

  #holds({ atMs }: Known): boolean {
    return this.#clock.nowMs() - atMs <= LIMITS.lessonLifeMs;
  }
}

function isSound(learned: LearnedPort): boolean {
  if (typeof learned !== "object" || learned === null) return false;
  const { namespace, service, port, protocol } = learned;
  return isName(namespace) && isName(service) && isPort(port) && PROTOCOLS.includes(protocol);
}

function isName(value: unknown): boolean {
  return typeof value === "string" && value.length <= LIMITS.reportTextMax;
}

function isPort(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= 65_535;
}

// Names of services have no slash.
function keyOf(namespace: string, service: string, port: number): string {
  return `${namespace}/${service}/${port}`;
}
