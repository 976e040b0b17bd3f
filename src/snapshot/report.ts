// What a proxy reports of its traffic: deltas since its last report. Bounded and lossy; what is
// lost is counted.

import type { EndpointSample, RecordedRequest } from "./recorded-request.ts";
import type { ReportedSpan } from "./reported-span.ts";

export type Report = {
  readonly atMs: number; // wall clock
  readonly windowMs: number;
  readonly series: readonly SeriesDelta[];
  readonly lost: number; // series that were over the cap
  readonly process: ProcessSample;
  // Undeclared ports, as they were found since the last report; older proxies don't tell.
  readonly learned?: readonly LearnedPort[];
  // A sample of the requests that ended since; and how many more there were that are not told.
  readonly requests?: readonly RecordedRequest[];
  readonly requestsUntold?: number;
  // Of traced requests that ended since; and how many more there were.
  readonly spans?: readonly ReportedSpan[];
  readonly spansLost?: number;
  // Endpoints of which there is something to say.
  readonly endpoints?: readonly EndpointSample[];
};

// What a port of a service, of which no document declares it, was found to speak.
export type LearnedPort = {
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
  readonly protocol: "http" | "http2" | "tls" | "tcp";
};

// Who asked whom, by which route. Strings as in plans; "" where unknown.
export type SeriesKey = {
  readonly reporter: "source" | "destination";
  readonly sourceNamespace: string;
  readonly sourceWorkload: string;
  readonly sourceIdentity: string;
  readonly destinationNamespace: string;
  readonly destinationWorkload: string;
  readonly destinationIdentity: string;
  readonly destinationService: string;
  readonly destinationServiceNamespace: string;
  readonly destinationPort: number;
  readonly route: string; // RoutePlan.name and rule: "HTTPRoute bookshop/reviews 0"
  readonly backend: string; // subset or service: "v2"
  readonly isMutualTls: boolean;
  // Connections whose bytes are all that is known of them; absent: requests.
  readonly protocol?: "tcp";
};

export type SeriesDelta = {
  readonly key: SeriesKey;
  // A success is an answer below 500 (for gRPC: status 0).
  readonly successes: number;
  readonly failures: number;
  // By status code, for those that occurred.
  readonly statuses: readonly (readonly [status: number, count: number])[];
  // By cause, for answers that the proxy itself made.
  readonly causes: readonly (readonly [cause: string, count: number])[];
  readonly retries: number;
  // Counts by index into LATENCY_BOUNDS_MS; pairs for buckets that are not empty.
  readonly latency: readonly (readonly [bucket: number, count: number])[];
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly inFlight: number; // now
};

export type ProcessSample = {
  readonly cpuMs: number; // user and system, since the last report
  readonly memoryBytes: number; // resident
  readonly connectionsOpen: number;
};
