// What the control plane has to be told when it starts.

import type { Clock } from "#base/clock.ts";
import type { FileSystem } from "#base/file-system.ts";
import type { Log } from "#base/log.ts";
import type { ControlCredentials, ControlEvents } from "#control/distribution/control-listener.ts";
import type { History } from "#control/reports/history/history.ts";
import type { MeshSettings } from "#ir/model.ts";
import type { LookUp } from "./name-resolver.ts";

type ListenOn = { readonly address: string; readonly port: number; readonly descriptor?: number };

export type ControlSettings = {
  readonly version: string;
  readonly documents: string; // folder
  readonly stateFolder: string; // .weft
  readonly dashboardFolder: string;
  readonly proxies: ListenOn; // 15012
  readonly admin: ListenOn; // 15014
  // What holds where no document says otherwise.
  readonly mesh?: MeshSettings;
};

export type ControlWorld = {
  readonly clock: Clock;
  readonly files: FileSystem;
  readonly log: Log;
  // Keeps the mesh's past; absent: nobody does.
  readonly history?: Pick<History, "note" | "ask" | "trouble">;
  // Finds the addresses of a host; absent: the system does.
  readonly lookUp?: LookUp;
  // Where proxies come in: a ControlListener in a process.
  readonly proxyEntrance: (
    credentials: ControlCredentials,
    events: ControlEvents,
    log: Log,
  ) => ProxyEntrance;
};

export type ProxyEntrance = {
  listen(on: ListenOn): Promise<number>;
  replace(credentials: ControlCredentials): void;
  // Takes no more, and asks those that are there to go; resolves when all have.
  drain(): Promise<void>;
  close(): void;
};
