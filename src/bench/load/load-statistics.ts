// Hot path.
//
// What came of the requests that count: those that were due inside the window.

import { build, type Histogram } from "hdr-histogram-js";
import type { LoadErrorKind, LoadErrors, Percentiles } from "./load-result.ts";

const LATENCY_MAX_US = 600_000_000;
const STATUSES = 600;
const GRPC_STATUSES = 17;

type Tally = { -readonly [Kind in keyof LoadErrors]: LoadErrors[Kind] };

export class LoadStatistics {
  readonly #latencyUs = histogram();
  readonly #latenessUs = histogram();
  readonly #statuses = new Float64Array(STATUSES);
  readonly #grpcStatuses = new Float64Array(GRPC_STATUSES);
  readonly #errors: Tally = { connect: 0, reset: 0, cut: 0, framing: 0, timeout: 0, overload: 0 };
  #fromMs = Number.POSITIVE_INFINITY;
  #untilMs = Number.POSITIVE_INFINITY;
  #requests = 0;
  #answers = 0;
  #answersInTime = 0;
  #succeeded = 0;
  #failures = 0;
  #bodyBytes = 0;

  // The window opens; what was due before does not count.
  begin(fromMs: number): void {
    this.#fromMs = fromMs;
  }

  // The window closes; what is open still counts when it ends, but not for the rate.
  end(untilMs: number): void {
    this.#untilMs = untilMs;
  }

  get requests(): number {
    return this.#requests;
  }

  get answers(): number {
    return this.#answers;
  }

  get answersInTime(): number {
    return this.#answersInTime;
  }

  get succeeded(): number {
    return this.#succeeded;
  }

  get failures(): number {
    return this.#failures;
  }

  get bodyBytes(): number {
    return this.#bodyBytes;
  }

  get errors(): LoadErrors {
    return { ...this.#errors };
  }

  get latencyUs(): Percentiles {
    return percentilesOf(this.#latencyUs);
  }

  get latenessUs(): Percentiles {
    return percentilesOf(this.#latenessUs);
  }

  statuses(): [status: number, count: number][] {
    return countsOf(this.#statuses);
  }

  grpcStatuses(): [status: number, count: number][] {
    return countsOf(this.#grpcStatuses);
  }

  noteRequest(sinceMs: number, latenessMs: number): void {
    if (sinceMs < this.#fromMs) return;
    this.#requests++;
    this.#latenessUs.recordValue(microseconds(latenessMs));
  }

  // `grpcStatus` -1: the answer isn't one of gRPC.
  noteAnswer(
    sinceMs: number,
    nowMs: number,
    status: number,
    bodyBytes: number,
    grpcStatus: number,
  ): void {
    if (sinceMs < this.#fromMs) return;
    this.#answers++;
    if (nowMs <= this.#untilMs) this.#answersInTime++;
    this.#statuses[status] = this.#statuses[status]! + 1;
    if (status < 500 && grpcStatus <= 0) this.#succeeded++;
    // A number that gRPC doesn't know counts as its "unknown".
    const counted = grpcStatus < GRPC_STATUSES ? grpcStatus : 2;
    if (grpcStatus >= 0) this.#grpcStatuses[counted] = this.#grpcStatuses[counted]! + 1;
    this.#bodyBytes += bodyBytes;
    this.#latencyUs.recordValue(microseconds(nowMs - sinceMs));
  }

  noteError(sinceMs: number, nowMs: number, kind: LoadErrorKind): void {
    if (sinceMs < this.#fromMs) return;
    this.#failures++;
    this.#errors[kind]++;
    // Left out, the slowest requests of all would make the percentiles better.
    if (kind === "timeout") this.#latencyUs.recordValue(microseconds(nowMs - sinceMs));
  }
}

function countsOf(counts: Float64Array): [status: number, count: number][] {
  return [...counts.entries()].filter(([, count]) => count > 0);
}

function histogram(): Histogram {
  return build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: LATENCY_MAX_US,
    numberOfSignificantValueDigits: 3,
    bitBucketSize: 32,
    useWebAssembly: false,
  });
}

function microseconds(ms: number): number {
  return Math.max(0, Math.min(LATENCY_MAX_US, Math.round(ms * 1000)));
}

function percentilesOf(histogram: Histogram): Percentiles {
  const at = (percentile: number) => histogram.getValueAtPercentile(percentile);
  const isEmpty = histogram.totalCount === 0;
  return {
    p50: at(50),
    p75: at(75),
    p90: at(90),
    p99: at(99),
    p999: at(99.9),
    max: isEmpty ? 0 : histogram.maxValue,
    mean: isEmpty ? 0 : Math.round(histogram.mean),
  };
}
