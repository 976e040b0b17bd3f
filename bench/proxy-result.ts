// What a run of `npm run bench:proxy` found, as its JSON file has it.

import type { Machine, Versions } from "./machine.ts";
import type { GroupRepeat } from "./measure-group.ts";
import type { Idle } from "./measure-idle.ts";
import type { MeasuredStart } from "./measure-start.ts";
import type { Way } from "./peers/peer-setting.ts";
import type { Schedule } from "./schedule.ts";

export type ProxyResult = {
  readonly what: "proxy";
  readonly at: string;
  readonly command: string;
  readonly machine: Machine;
  readonly versions: Versions & { readonly envoy: string };
  readonly schedule: Schedule;
  readonly loadAverage: { readonly before: readonly number[]; readonly after: readonly number[] };
  readonly groups: readonly { readonly way: Way; readonly repeats: readonly GroupRepeat[] }[];
  readonly idle: readonly Idle[];
  readonly start: readonly MeasuredStart[];
  readonly idleConnections: readonly IdleConnections[];
  // Loads for which a repeat has no run that counts, and parts that failed; empty: all is well.
  readonly invalid: readonly string[];
};

export type IdleConnections = {
  readonly kind: "plain" | "mesh";
  readonly connections: number;
  readonly perConnectionKiB: number;
};
