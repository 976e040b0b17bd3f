// Hot path.
//
// How costly an endpoint is right now: peak EWMA, as Finagle and Linkerd use it. A slow answer
// raises the estimate at once, and quick ones lower it gradually (with a time constant of 10 s). An
// answer that is missing counts, too: while requests wait, the endpoint is at least as slow as it
// has been silent. So a stalled endpoint loses its traffic before its first time-out, and gets a
// share back without anybody probing it.
//
// What is in flight raises the cost by its root. In proportion, as in Finagle, one that is ten
// times slower would look as good as others while those have ten requests in flight each: see
// docs/reference/balancing.md.

const DECAY_MS = 10_000;
// An endpoint that has answered nothing yet, but has requests in flight, must not attract more.
const UNKNOWN_COST_MS = 10_000;
// Failing fast must not look like being fast: each failure in a row doubles the cost. One alone
// fades in seconds; a fixed penalty beside a twin that answers in 1 ms would take over a minute.
const FAILURE_FACTOR = 2;
const FAILURE_ADDS_MS = 1;
const FAILURE_COST_MOST_MS = 10_000;
const AVOID_FIRST_MS = 50;
const AVOID_MOST_MS = 2_000;

export class EndpointLoad {
  #ewmaMs = 0;
  #notedAtMs = 0;
  #inFlight = 0;
  #connectFailures = 0;
  #avoidUntilMs = 0;
  // Sent, and not answered yet.
  #awaited = 0;
  // Since the last answer, or since the first of those that wait.
  #silentSinceMs = 0;

  get inFlight(): number {
    return this.#inFlight;
  }

  // Requests that wait for their answer's head.
  get awaited(): number {
    return this.#awaited;
  }

  began(): void {
    this.#inFlight++;
  }

  // Then `settled`, once: its answer is here, or isn't waited for any more.
  sent(nowMs: number): void {
    if (this.#awaited === 0) this.#silentSinceMs = nowMs;
    this.#awaited++;
  }

  settled(): void {
    this.#awaited--;
  }

  // `latencyMs` until the head of the answer. The exchange goes on until `ended`.
  answered(nowMs: number, latencyMs: number, hasFailed: boolean): void {
    this.#silentSinceMs = nowMs;
    this.#connectFailures = 0;
    this.#avoidUntilMs = 0;
    this.#note(nowMs, hasFailed ? Math.max(latencyMs, this.#failureCostMs()) : latencyMs);
  }

  // The caller waits no longer. Where it waited longer than others have to, the answer may never
  // have come: that is a failure.
  givenUp(nowMs: number, waitedMs: number): void {
    if (waitedMs > this.#fadedMs(nowMs))
      this.#note(nowMs, Math.max(waitedMs, this.#failureCostMs()));
  }

  #failureCostMs(): number {
    return Math.min(FAILURE_COST_MOST_MS, this.#ewmaMs * FAILURE_FACTOR + FAILURE_ADDS_MS);
  }

  // Once for each `began`, however it ended.
  ended(): void {
    this.#inFlight--;
  }

  connectFailed(nowMs: number): void {
    const avoidMs = Math.min(AVOID_MOST_MS, AVOID_FIRST_MS * 2 ** this.#connectFailures);
    this.#connectFailures = Math.min(this.#connectFailures + 1, 16);
    this.#avoidUntilMs = nowMs + avoidMs;
  }

  // Of the time until the head of an answer; 0 where none has come yet.
  get averageMs(): number {
    return this.#ewmaMs;
  }

  isStale(nowMs: number, afterMs: number): boolean {
    return nowMs - this.#notedAtMs > afterMs;
  }

  // Could not be reached a moment ago: others first.
  isAvoided(nowMs: number): boolean {
    return this.#avoidUntilMs > nowMs;
  }

  cost(nowMs: number): number {
    if (this.#ewmaMs === 0) {
      return this.#inFlight === 0 ? 0 : UNKNOWN_COST_MS + this.#inFlight;
    }
    const silentMs = this.#awaited === 0 ? 0 : nowMs - this.#silentSinceMs;
    return Math.max(this.#fadedMs(nowMs), silentMs) * Math.sqrt(this.#inFlight + 1);
  }

  #fadedMs(nowMs: number): number {
    return this.#ewmaMs * Math.exp((this.#notedAtMs - nowMs) / DECAY_MS);
  }

  #note(nowMs: number, latencyMs: number): void {
    const weight = Math.exp((this.#notedAtMs - nowMs) / DECAY_MS);
    this.#notedAtMs = nowMs;
    this.#ewmaMs =
      latencyMs > this.#ewmaMs ? latencyMs : this.#ewmaMs * weight + latencyMs * (1 - weight);
  }
}
