// Hot path.
//
// Where the pipeline counts requests that have a key in common. It is kept as long as one likes:
// when the series has left the table for idleness, the next request takes it back in.

import type { SeriesKey } from "#snapshot/report.ts";
import { countedGrpcStatus } from "./counted-grpc-status.ts";
import type { HeldAnswers } from "./held-answers.ts";
import { type Exemplar, isSuccess } from "./outcome.ts";
import type { SeriesSlot } from "./series-slot.ts";

export class RequestSeries {
  readonly key: SeriesKey;
  readonly #take: (key: SeriesKey) => SeriesSlot;
  readonly #held: HeldAnswers;
  #slot: SeriesSlot;
  #tunnels: RequestSeries | undefined;

  constructor(key: SeriesKey, take: (key: SeriesKey) => SeriesSlot, held: HeldAnswers) {
    this.key = key;
    this.#take = take;
    this.#held = held;
    this.#slot = take(key);
  }

  // Each try that began ends, or is retried, once; meanwhile its slot stays in the table.
  began(): void {
    if (this.#slot.isDropped) this.#slot = this.#take(this.key);
    this.#slot.requests++;
  }

  // `cause` is "" if the application answered. Times count from the request's head.
  ended(
    status: number,
    cause: string,
    durationMs: number,
    firstByteMs: number,
    requestBytes: number,
    responseBytes: number,
    grpcStatus = "", // where it is a gRPC call
    exemplar?: Exemplar,
  ): void {
    const slot = this.#slot;
    slot.answers++;
    const counted = countedGrpcStatus(grpcStatus);
    if (isSuccess(status, counted)) slot.successes++;
    const outcome = slot.outcomeOf(status, cause, counted);
    this.#held.hold(outcome, durationMs, firstByteMs, requestBytes, responseBytes);
    if (exemplar !== undefined) outcome.exemplar = exemplar;
  }

  retried(): void {
    this.#slot.retries++;
  }

  // Of the same key, for what is only bytes.
  get tunnels(): RequestSeries {
    this.#tunnels ??= new RequestSeries({ ...this.key, protocol: "tcp" }, this.#take, this.#held);
    return this.#tunnels;
  }

  // Since the last time.
  moved(receivedBytes: number, sentBytes: number): void {
    this.#slot.receivedBytes += receivedBytes;
    this.#slot.sentBytes += sentBytes;
  }

  get inFlight(): number {
    return this.#slot.inFlight;
  }
}
