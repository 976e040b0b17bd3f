// Hot path.
//
// The traces of the requests that this workload was sent last, of those that are traced: whether
// what it asks for belongs to one of them. In a table of fixed size a newer trace takes an older
// one's place, which few requests live to see.

import { LIMITS } from "#base/limits.ts";

const HEX = 16;

export class EnteredTraces {
  // By the last digits of an id; what stands there is other digits of it, and never 0.
  readonly #marks = new Uint32Array(LIMITS.tracesRemembered);

  // 32 hexadecimal digits; the last 16 are random in every form.
  note(traceId: string): void {
    this.#marks[placeOf(traceId)] = markOf(traceId);
  }

  has(traceId: string): boolean {
    return this.#marks[placeOf(traceId)] === markOf(traceId);
  }
}

function placeOf(traceId: string): number {
  return Number.parseInt(traceId.slice(24), HEX) % LIMITS.tracesRemembered;
}

function markOf(traceId: string): number {
  return Number.parseInt(traceId.slice(16, 24), HEX) || 1;
}
