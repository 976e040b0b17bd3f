// One endpoint as the data plane keeps it, from plan to plan: its load and its connections outlive
// every change of configuration.

import type { BoundShape } from "#decision/bound-shape.ts";
import type { EndpointLoad } from "#proxy/balancing/endpoint-load.ts";
import type { ConnectionPool } from "#proxy/exchange/connection-pool.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import type { EndpointHealth } from "#proxy/resilience/endpoint-health.ts";
import type { Exemplar } from "#proxy/telemetry/outcome.ts";
import type { SeriesKey } from "#snapshot/report.ts";
import type { CourseRules } from "./course.ts";
import type { Picker } from "./picker.ts";

export type Endpoint = {
  // How one backend has fared with it; absent for an application.
  readonly health?: EndpointHealth | undefined;
  // "127.64.0.3:15008", for logs and answers.
  readonly address: string;
  readonly load: EndpointLoad;
  // An authenticated proxy of the mesh answers there, not an application.
  readonly isMesh: boolean;
  // Tunnels have connections of their own: they last, and carry bulk.
  poolFor(head: RequestHead): ConnectionPool;
};

// Where a decided request may go: a backend's endpoints, or the application.
export type Forwarding = {
  readonly endpoints: readonly Endpoint[];
  // Which of them, where a document says anything of that.
  readonly picker?: Picker | undefined;
  // What the route changes in requests and answers, if anything.
  readonly shape?: BoundShape | undefined;
  // Told to the application's peer in `weft-cause`; "" for none.
  readonly rule: string;
  // What the rule wants of the request's way, if anything.
  readonly rules?: CourseRules | undefined;
  // What the request carries for this endpoint besides its own headers: name, value, ...
  headersFor(at: number): readonly string[];
  seriesFor(at: number): Series; // -1: none was picked
};

// What telemetry offers to the pipeline.
export type Series = {
  // Whose requests it counts; absent where nothing is counted.
  readonly key?: SeriesKey;
  began(): void;
  ended(
    status: number,
    cause: string,
    durationMs: number,
    firstByteMs: number,
    requestBytes: number,
    responseBytes: number,
    grpcStatus?: string, // "" or absent where it is no gRPC call
    exemplar?: Exemplar,
  ): void;
  // A try that ended without an answer, and another follows.
  retried(): void;
  // Where plain tunnels of the same key are counted; absent: here.
  readonly tunnels?: Series;
  // Bytes of such, since the last time.
  moved?(receivedBytes: number, sentBytes: number): void;
};
