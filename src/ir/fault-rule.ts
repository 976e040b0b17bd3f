// Faults for the requests to a service, whatever routes them.

import type { Name } from "./model.ts";
import type { Origin } from "./origin.ts";
import type { RouteFault } from "./route-traffic.ts";

export type FaultRule = {
  readonly origin: Origin;
  readonly createdAtMs: number; // of several the oldest counts
  readonly service: Name;
  readonly port?: number; // absent: each
  readonly fault: RouteFault;
};
