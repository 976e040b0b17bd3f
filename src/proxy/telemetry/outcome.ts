// Hot path.
//
// What is counted of the answers of one series that had one status, one cause and one gRPC status:
// slots of one typed array.
//
//   0        1           2            3        4         5
//   | count | sum of the duration, first byte, request and response bytes | duration buckets ...
//   | first byte buckets ... | request bytes buckets ... | response bytes buckets ... |

import { ISTIO_BOUNDS_MS, LATENCY_BOUNDS_MS } from "#snapshot/latency.ts";
import { bucketFinder } from "./bucket-finder.ts";

const LATENCY_BUCKETS = LATENCY_BOUNDS_MS.length + 1;
// Envoy, and so Istio, gives sizes the same bounds as times.
const SIZE_BOUNDS = ISTIO_BOUNDS_MS;
const SIZE_BUCKETS = SIZE_BOUNDS.length + 1;

// Where a histogram lies: its sum, its buckets, and what bounds them.
export type Histogram = {
  readonly sumAt: number;
  readonly at: number;
  readonly bounds: readonly number[];
};

const DURATION_AT = 5;
const FIRST_BYTE_AT = DURATION_AT + LATENCY_BUCKETS;
const REQUEST_BYTES_AT = FIRST_BYTE_AT + LATENCY_BUCKETS;
const RESPONSE_BYTES_AT = REQUEST_BYTES_AT + SIZE_BUCKETS;
const SLOTS = RESPONSE_BYTES_AT + SIZE_BUCKETS;

export const COUNT_AT = 0;
export const HISTOGRAMS = {
  duration: { sumAt: 1, at: DURATION_AT, bounds: LATENCY_BOUNDS_MS },
  firstByte: { sumAt: 2, at: FIRST_BYTE_AT, bounds: LATENCY_BOUNDS_MS },
  requestBytes: { sumAt: 3, at: REQUEST_BYTES_AT, bounds: SIZE_BOUNDS },
  responseBytes: { sumAt: 4, at: RESPONSE_BYTES_AT, bounds: SIZE_BOUNDS },
} as const satisfies Record<string, Histogram>;

const latencyBucketOf = bucketFinder(LATENCY_BOUNDS_MS);
const sizeBucketOf = bucketFinder(SIZE_BOUNDS);

// A request that its caller traces, as an example of those counted here.
export type Exemplar = {
  readonly traceId: string;
  readonly durationMs: number;
  readonly firstByteMs: number;
  readonly atMs: number; // wall clock
};

export class Outcome {
  readonly status: number; // 0: any, where a series had too many
  readonly cause: string; // "" if the application answered
  readonly grpcStatus: string; // "" where it is no gRPC call
  readonly totals = new Float64Array(SLOTS);
  // The last that was taken.
  exemplar: Exemplar | undefined;
  // What the last report has told of it.
  readonly reported = new Float64Array(SLOTS);

  constructor(status: number, cause: string, grpcStatus: string) {
    this.status = status;
    this.cause = cause;
    this.grpcStatus = grpcStatus;
  }

  get isSuccess(): boolean {
    return isSuccess(this.status, this.grpcStatus);
  }

  add(durationMs: number, firstByteMs: number, requestBytes: number, responseBytes: number): void {
    const totals = this.totals;
    totals[0]! += 1;
    totals[1]! += durationMs;
    totals[2]! += firstByteMs;
    totals[3]! += requestBytes;
    totals[4]! += responseBytes;
    totals[DURATION_AT + latencyBucketOf(durationMs)]! += 1;
    totals[FIRST_BYTE_AT + latencyBucketOf(firstByteMs)]! += 1;
    totals[REQUEST_BYTES_AT + sizeBucketOf(requestBytes)]! += 1;
    totals[RESPONSE_BYTES_AT + sizeBucketOf(responseBytes)]! += 1;
  }
}

export function isSuccess(status: number, grpcStatus: string): boolean {
  return status < 500 && (grpcStatus === "" || grpcStatus === "0");
}
