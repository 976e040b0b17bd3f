// What became of each object in the documents: `weft get`.

import type { Diagnostic } from "#ir/diagnostic.ts";
import type { Position } from "#ir/origin.ts";
import type { HostStatus } from "./host-status.ts";
import type { RouteParentStatus } from "./route-parent-status.ts";
import type { ServicePortStatus } from "./service-port-status.ts";

export type ObjectQuery = {
  readonly kind: string | undefined; // "VirtualService", any case
  readonly namespace: string | undefined;
  readonly name: string | undefined;
};

export type ObjectStatus = {
  readonly group: string; // "" for Kubernetes' core
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly position: Position | null;
  readonly state: ObjectState;
  readonly diagnostics: readonly Diagnostic[];
  // Of a Service that has an effect.
  readonly ports?: readonly ServicePortStatus[];
  // Of a ServiceEntry.
  readonly hosts?: readonly HostStatus[];
  // Of a route of Gateway API.
  readonly parents?: readonly RouteParentStatus[];
};

// partial: works, less what a diagnostic names. overruled: another object's routes win. invalid:
// has no effect, or its last good version goes on.
export type ObjectState = "accepted" | "partial" | "overruled" | "invalid";
