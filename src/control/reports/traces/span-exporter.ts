// Sends spans to an OpenTelemetry collector, a batch at a time, and waits for its word before the
// next. One that is away or too busy is asked again, later and later; meanwhile spans wait, as many
// as the limit allows, and the rest is dropped and counted. Nobody's request waits for any of it.

import type { Clock, Timer } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { Log } from "#base/log.ts";
import type { ProxyName } from "#control/reports/sound-report.ts";
import { otlpJson, type QueuedSpan } from "./otlp-json.ts";
import { isSoundSpan } from "./sound-span.ts";

export type SpanExporterOptions = {
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  // Where spans go as documents say now: "http://collector:4318"; undefined: nowhere.
  readonly endpoint: () => string | undefined;
  readonly post: Post;
};

export type Post = (url: string, body: string) => Promise<Posted>;

export type Posted =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly retryAfterMs: number | undefined;
    }
  | { readonly kind: "failed"; readonly reason: string };

const TOO_MANY = 429;
// https://opentelemetry.io/docs/specs/otlp/#failures-1: only these are worth another try.
const RETRYABLE: readonly number[] = [TOO_MANY, 502, 503, 504];

export class SpanExporter {
  readonly #options: SpanExporterOptions;
  #queue: QueuedSpan[] = [];
  #timer: Timer | undefined;
  #isSending = false;
  #failures = 0;
  sent = 0;
  dropped = 0;
  // What people should know; undefined where all is well.
  trouble: string | undefined;

  constructor(options: SpanExporterOptions) {
    this.#options = options;
  }

  // As they come from a proxy: any of it may be wrong.
  note(proxy: ProxyName, spans: unknown, lost: unknown): void {
    if (typeof lost === "number" && lost > 0) this.dropped += lost;
    if (!Array.isArray(spans)) return;
    const sound = spans.slice(0, LIMITS.spansToldMax).filter(isSoundSpan);
    const room = Math.max(LIMITS.spansQueuedMax - this.#queue.length, 0);
    const isWanted = this.#options.endpoint() !== undefined;
    const taken = isWanted ? sound.slice(0, room) : [];
    this.dropped += spans.length - taken.length;
    for (const span of taken) this.#queue.push({ proxy, span });
    if (this.#isSending || this.#queue.length === 0) return;
    if (this.#queue.length >= LIMITS.spansAtOnceMax && this.#failures === 0) this.#send();
    else this.#sendIn(LIMITS.spansSentEveryMs);
  }

  close(): void {
    this.#timer?.cancel();
    this.#queue = [];
  }

  #sendIn(ms: number): void {
    this.#timer ??= this.#options.clock.after(ms, () => {
      this.#timer = undefined;
      this.#send();
    });
  }

  #send(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const { endpoint, post, version } = this.#options;
    const to = endpoint();
    if (to === undefined) return this.#giveUp(this.#queue.length);
    const batch = this.#queue.slice(0, LIMITS.spansAtOnceMax);
    if (batch.length === 0) return;
    this.#isSending = true;
    void post(urlOf(to), otlpJson(batch, version)).then((posted) => {
      this.#isSending = false;
      this.#settle(to, batch.length, posted);
    });
  }

  #settle(to: string, count: number, posted: Posted): void {
    const status = posted.kind === "answered" ? posted.status : 0;
    if (status >= 200 && status < 300) {
      this.#queue.splice(0, count);
      this.sent += count;
      this.#failures = 0;
      this.#say(undefined);
      if (this.#queue.length > 0) this.#send();
      return;
    }
    const reason = posted.kind === "failed" ? posted.reason : `it answers ${status}`;
    if (posted.kind === "answered" && !RETRYABLE.includes(status)) {
      this.#say(
        `Cannot send traces to ${to}: ${reason}. They are dropped: is it an OTLP receiver?`,
      );
      this.#giveUp(count);
      if (this.#queue.length > 0) this.#sendIn(LIMITS.spansSentEveryMs);
      return;
    }
    this.#say(`Cannot send traces to ${to}: ${reason}. Spans wait, and are dropped beyond a bound`);
    this.#failures++;
    const backOffMs = LIMITS.spansSentEveryMs * 2 ** Math.min(this.#failures - 1, 10);
    const asked = posted.kind === "answered" ? (posted.retryAfterMs ?? 0) : 0;
    this.#sendIn(Math.min(Math.max(backOffMs, asked), LIMITS.spansRetryMostMs));
  }

  #giveUp(count: number): void {
    this.#queue.splice(0, count);
    this.dropped += count;
  }

  #say(trouble: string | undefined): void {
    if (trouble === this.trouble) return;
    this.trouble = trouble;
    if (trouble) this.#options.log.warn(trouble);
    else this.#options.log.info("The collector takes traces again");
  }
}

function urlOf(endpoint: string): string {
  return endpoint.endsWith("/v1/traces") ? endpoint : `${endpoint.replace(/\/$/, "")}/v1/traces`;
}
