// How workloads want to be called: with mutual TLS or without.

import type { Labels } from "./document.ts";
import type { Origin } from "./origin.ts";

// "strict": with mutual TLS only. "permissive": as the caller likes. "disable": without; callers of
// the mesh don't use it either.
export type PeerMode = "strict" | "permissive" | "disable";

export type PeerRule = {
  readonly origin: Origin;
  readonly createdAtMs: number; // of several the oldest counts
  readonly namespace: string;
  // The workloads of its namespace with these labels; empty: all of it, or of the mesh where it is
  // the root's.
  readonly selector: Labels;
  readonly mode?: PeerMode; // absent: as the next wider rule has it
  // Before `mode`, by the workload's port; undefined: as `mode`.
  readonly ports: ReadonlyMap<number, PeerMode | undefined>;
};
