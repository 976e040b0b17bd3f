// Hot path.
//
// What is kept of one exchange that has ended, until the next report is made of it.

import type { Decision } from "#decision/decision.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import type { Destination } from "./destination.ts";
import type { Endpoint } from "./endpoint.ts";
import type { FailedTry } from "./failed-tries.ts";

export class RequestNote {
  head: RequestHead | undefined;
  destination: Destination | undefined;
  decision: Decision | undefined;
  draw = 0;
  // On the monotonic clock.
  startedMs = 0;
  endedMs = 0;
  hasWaited = false;
  isDelayed = false;
  isBudgetSpent = false;
  failed: readonly FailedTry[] | undefined;
  // Of the try that it ended with. Not the attempt: with that all of the exchange would live on.
  endpoint: Endpoint | undefined;
  sentMs = -1;
  status = 0;
  grpcStatus = "";
  cause = "";

  // Holds on to nothing any more.
  clear(): void {
    this.head = undefined;
    this.destination = undefined;
    this.decision = undefined;
    this.failed = undefined;
    this.endpoint = undefined;
  }
}
