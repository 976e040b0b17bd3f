// What exchanges share in one proxy.

import type { Clock } from "#base/clock.ts";
import type { Deadlines } from "#base/deadlines.ts";
import type { LimitsInForce } from "#base/limits-in-force.ts";
import type { Random } from "#base/random.ts";
import type { ByteAllowance } from "#proxy/exchange/byte-allowance.ts";
import type { OverloadMonitor } from "#proxy/overload/overload-monitor.ts";
import type { RetryBudget } from "#proxy/resilience/retry-budget.ts";
import type { AccessLog } from "#proxy/telemetry/access-log.ts";
import type { ExemplarTaker } from "#proxy/telemetry/exemplar-taker.ts";
import type { Tracer } from "#proxy/telemetry/tracer.ts";
import type { Series } from "./endpoint.ts";
import type { ExchangeWatch } from "./exchange-watch.ts";
import type { RequestIds } from "./request-ids.ts";
import type { RequestRecorder } from "./request-recorder.ts";
import type { Tap } from "./tap.ts";

export type ExchangeTools = {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly watch: ExchangeWatch;
  readonly limits: LimitsInForce;
  readonly random: Random;
  readonly ids: RequestIds;
  readonly budget: RetryBudget;
  // For bodies of requests that may be sent again.
  readonly copies: ByteAllowance;
  // Who asks is outside the mesh, and is not told what is wrong inside.
  readonly isForOutside?: boolean;
  // Asked before any work is done for a request.
  readonly overload: Pick<OverloadMonitor, "isRefusing">;
  // Counts what never got as far as a route.
  readonly unrouted: Series;
  readonly accessLog?: AccessLog;
  readonly tracer?: Tracer;
  // Absent: nobody counts.
  readonly exemplars?: ExemplarTaker;
  // Of requests that this proxy decides on; their answers bear the id that they are found by.
  readonly recorder?: RequestRecorder | undefined;
  // Who watches requests as they happen.
  readonly tap?: Tap | undefined;
};
