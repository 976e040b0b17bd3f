// What workloads may reach: of all services, those that their Sidecar lists.

import type { Labels } from "./document.ts";
import type { Origin } from "./origin.ts";

export type EgressRule = {
  readonly origin: Origin;
  readonly namespace: string;
  // The workloads of its namespace with these labels; empty: all that no other rule selects.
  readonly selector: Labels;
  // Absent: everything.
  readonly reaches?: readonly Reach[];
  // Absent: as the mesh has it.
  readonly allowsUnknown?: boolean;
};

export type Reach = {
  // Of the services: a namespace, "*" for any, "~" for none.
  readonly namespace: string;
  readonly host: string; // "*", "*.example.com", "reviews.bookshop.svc.cluster.local"
  readonly port?: number; // absent: any
};
