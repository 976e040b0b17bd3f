// A workload that is dialled by its own address, by no service's name.

import type { PlanProtocol, WorkloadPlan } from "./plan.ts";

export type DirectTarget = {
  readonly workload: WorkloadPlan;
  readonly identity: string; // spiffe://...
  readonly meshPort: number;
  // That are declared; others speak what is detected.
  readonly ports: readonly { readonly port: number; readonly protocol: PlanProtocol }[];
  // It is called without mutual TLS: all of its ports (none) except some.
  readonly plaintext?: { readonly all: boolean; readonly except: readonly number[] };
  // Headless services that give out the address: whoever dials one of those ports means the
  // service, by its own port.
  readonly headless: readonly HeadlessPort[];
};

export type HeadlessPort = {
  readonly namespace: string;
  readonly name: string;
  readonly port: number; // the service's
  readonly targetPort: number;
  readonly part: string; // what the service calls this workload
};
