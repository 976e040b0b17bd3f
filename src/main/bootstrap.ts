// What a supervisor tells the processes that it starts, and what they tell it: JSON, one object a
// line, over the inherited descriptor 3 (a socket pair). Its end of file means that the supervisor
// is gone: the process then exits. The supervisor holds the listening sockets, so that a restart
// refuses nobody: connections wait in the accept queue meanwhile.

import type { GatewaySettings } from "#proxy/pipeline/gateway/gateway-settings.ts";
import type { ProxySettings } from "#proxy/pipeline/proxy-settings.ts";

export const SUPERVISOR_DESCRIPTOR = 3;

export type Address = { readonly address: string; readonly port: number };

// Where to listen: an inherited descriptor of a bound socket (whose address is told too).
export type ListenOn = Address & { readonly descriptor: number };

// ---- supervisor -> proxy: one line at the start -------------------------------------------------

// Its listeners always come as descriptors.
export type ProxyBootstrap = ProxySettings;

// After the bootstrap line.
export type ProxyCommand =
  // To a gateway: other hosts or certificates for the same listeners.
  | { readonly command: "replace-gateway"; readonly gateway: GatewaySettings }
  // The answer to `leaving`: another process listens now, or none will.
  | { readonly command: "leave"; readonly isReplaced: boolean };

// ---- proxy -> supervisor ------------------------------------------------------------------------

export type ProxyEvent =
  // Listens, has its identity and its inbound plan: the application may start.
  | { readonly event: "ready"; readonly identity: string }
  // The application passes (or fails) its probe.
  | { readonly event: "application"; readonly isReady: boolean }
  // It was asked to end. It goes on as before until it is told to leave, so that another one can
  // listen first.
  | { readonly event: "leaving" }
  // What became of a replacement, by the plan's hash; "" for a refusal: it is in force.
  | { readonly event: "gateway-replaced"; readonly hash: string; readonly refusal: string }
  // It can't go on without a person; one plain sentence.
  | { readonly event: "fatal"; readonly message: string };

// ---- supervisor -> control plane ----------------------------------------------------------------

export type ControlBootstrap = {
  readonly version: string;
  readonly documents: string; // folder
  readonly stateFolder: string; // .weft
  readonly proxies: ListenOn; // 15012
  readonly admin: ListenOn; // 15014
};

// After the bootstrap line.
export type ControlCommand = {
  readonly command: "issue-token";
  readonly id: number;
  readonly namespace: string;
  readonly workload: string;
  readonly serviceAccount: string;
};

// ---- control plane -> supervisor ----------------------------------------------------------------

export type ControlEvent =
  | { readonly event: "ready"; readonly trust: readonly string[]; readonly identity: string }
  // All workloads that the documents declare, after each change.
  | { readonly event: "workloads"; readonly workloads: readonly WorkloadOrder[] }
  // Documents changed: what is wrong now, ready to print.
  | { readonly event: "diagnostics"; readonly lines: readonly string[]; readonly errors: number }
  | { readonly event: "token"; readonly id: number; readonly token: string }
  | { readonly event: "fatal"; readonly message: string };

export type WorkloadOrder = {
  readonly namespace: string;
  readonly name: string;
  readonly identity: string;
  readonly serviceAccount: string;
  readonly declaredAt: string; // "mesh/web.yaml:12:1", for people; "" where unknown
  readonly command: readonly string[];
  readonly workingFolder: string; // absolute
  readonly environment: readonly (readonly [name: string, value: string])[];
  readonly ports: readonly {
    readonly name: string;
    readonly port: number; // as declared; 0: any free one
    readonly protocol: string;
  }[];
  readonly dependencies: readonly {
    readonly namespace: string;
    readonly service: string;
    readonly port: number;
    readonly protocol: string;
  }[];
  readonly readiness:
    | { readonly kind: "none" }
    | { readonly kind: "tcp"; readonly port: string }
    | { readonly kind: "http"; readonly port: string; readonly path: string };
};
