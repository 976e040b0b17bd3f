// What became of the copies that went to mirrors. They are counted apart from requests: nobody
// waits for them.

import { LIMITS } from "#base/limits.ts";
import { labelText } from "#proxy/telemetry/label-text.ts";
import { counter } from "#proxy/telemetry/metric-family.ts";

const HELP = "Copies of requests for mirrors, by what became of them.";
const OTHER = labelText([
  ["route", "other"],
  ["backend", ""],
  ["outcome", ""],
]);

export class MirrorCounters {
  readonly #counts = new Map<string, number>();

  // `outcome`: "answered", or why there is no answer.
  ended(route: string, backend: string, outcome: string): void {
    const labels = labelText([
      ["route", route],
      ["backend", backend],
      ["outcome", outcome],
    ]);
    // Routes come and go with documents.
    const isKnown = this.#counts.has(labels) || this.#counts.size < LIMITS.mirrorSeriesMax;
    const counted = isKnown ? labels : OTHER;
    this.#counts.set(counted, (this.#counts.get(counted) ?? 0) + 1);
  }

  *families(): Generator<string> {
    if (this.#counts.size > 0) yield* counter("weft_mirrored_requests", HELP, this.#counts);
  }
}
