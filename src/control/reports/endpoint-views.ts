// How proxies find the endpoints that they call: the last word of each, as long as it is fresh.

import type { Clock } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { EndpointSample } from "#snapshot/recorded-request.ts";
import { freshForMs } from "./report-history.ts";

export type EndpointView = EndpointSample & { readonly seenBy: string }; // "bookshop/web"

type Word = { readonly samples: readonly EndpointSample[]; readonly freshUntilMs: number };

const TEXTS = ["namespace", "service", "subset", "address"] as const;
const COUNTS = ["port", "inFlight", "latencyMs", "ejectedForMs", "warmingForMs"] as const;
const FRESH_MS_LEAST = 5_000;

export class EndpointViews {
  readonly #clock: Clock;
  readonly #words = new Map<string, Word>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  // As it comes from a proxy: any of it may be wrong. `windowMs`: of its report. Returns how many
  // were not taken.
  note(proxy: string, samples: unknown, windowMs: number): number {
    const given: readonly EndpointSample[] = Array.isArray(samples) ? samples : [];
    const sound = given.slice(0, LIMITS.endpointsToldMax).filter(isSound);
    this.#words.delete(proxy);
    const freshUntilMs = this.#clock.nowMs() + Math.max(FRESH_MS_LEAST, freshForMs(windowMs));
    if (sound.length > 0) this.#words.set(proxy, { samples: sound, freshUntilMs });
    for (const [oldest, word] of this.#words) {
      if (this.#isFresh(word) && this.#words.size <= LIMITS.reportProxiesMax) break;
      this.#words.delete(oldest);
    }
    return given.length - sound.length;
  }

  // `by`: the proxy whose view it is; undefined for all.
  views(by: string | undefined): readonly EndpointView[] {
    const words = [...this.#words].filter(([name]) => by === undefined || name === by);
    return words.flatMap(([seenBy, word]) =>
      this.#isFresh(word) ? word.samples.map((sample) => ({ ...sample, seenBy })) : [],
    );
  }

  #isFresh({ freshUntilMs }: Word): boolean {
    return this.#clock.nowMs() <= freshUntilMs;
  }
}

function isSound(sample: EndpointSample): boolean {
  return (
    typeof sample === "object" &&
    sample !== null &&
    TEXTS.every((name) => {
      const text: unknown = sample[name];
      return typeof text === "string" && text.length <= LIMITS.reportTextMax;
    }) &&
    COUNTS.every((name) => {
      const count: unknown = sample[name];
      return typeof count === "number" && count >= 0 && count <= Number.MAX_SAFE_INTEGER;
    }) &&
    typeof sample.isAvoided === "boolean"
  );
}
