// What proxies and the control plane tell each other on the control stream: JSON, each message
// preceded by its length in bytes (32 bits, big-endian). Keys and names of peers never become
// property names: lists of pairs, not objects.

import type { InboundPlan, OutboundPlan } from "./plan.ts";
import type { Report } from "./report.ts";
import type { TapEvent, TapWatch } from "./tap.ts";

export const PROTOCOL_VERSION = 1;

// ---- up ---------------------------------------------------------------------------------------

export type UpMessage = Hello | State | Want | Drop | Ack | Nack | ReportMessage | TapMessage;

export type Hello = {
  readonly type: "hello";
  readonly protocol: number;
  readonly version: string; // of Weft
  readonly workload: { readonly namespace: string; readonly name: string };
  // Where its mesh listener is reached.
  readonly address: string;
  readonly meshPort: number;
  readonly metrics: string; // "127.64.0.3:15020"
  readonly revision: number; // of what it holds; 0 for nothing
  readonly held: readonly HeldPlan[];
  // Keys that it wants from the start: those held, those used before the last restart.
  readonly keys: readonly string[];
  readonly isReady: boolean;
};

export type HeldPlan = { readonly id: string; readonly hash: string };

export type State = { readonly type: "state"; readonly isReady: boolean };

export type Want = { readonly type: "want"; readonly keys: readonly string[] };
export type Drop = { readonly type: "drop"; readonly keys: readonly string[] };
export type Ack = { readonly type: "ack"; readonly revision: number };
export type Nack = { readonly type: "nack"; readonly revision: number; readonly reason: string };
export type ReportMessage = { readonly type: "report"; readonly report: Report };
// `untold`: requests that were wanted, and were too many.
export type TapMessage = {
  readonly type: "tap";
  readonly events: readonly TapEvent[];
  readonly untold: number;
};

// ---- down -------------------------------------------------------------------------------------

export type DownMessage = Update | Bundle | Notice | Watch | Pace;

// Everything that changed for this proxy up to `revision`; installed by one assignment.
export type Update = {
  readonly type: "update";
  readonly revision: number;
  // Which plan answers a key; null: nothing does, and a later update tells when that changes.
  readonly keys: readonly (readonly [key: string, planId: string | null])[];
  readonly plans: readonly OutboundPlan[];
  readonly removed: readonly string[]; // plan ids
  readonly inbound: InboundPlan | undefined; // undefined: as before
};

export type Bundle = { readonly type: "bundle"; readonly trust: readonly string[] }; // PEM

// Who watches requests as they happen, instead of those before; none for a stream that is over.
export type Watch = { readonly type: "watch"; readonly watches: readonly TapWatch[] };

// How often to report from now on. On a new stream it is each second, until another word comes.
export type Pace = { readonly type: "pace"; readonly reportEveryMs: number };

export type Notice = { readonly type: "notice"; readonly code: string; readonly message: string };

// ---- certificates: one request and one answer on a stream of their own ------------------------

export type CertificateRequest = {
  readonly csr: string; // PEM, PKCS #10
  // The one-time token, where the connection shows no certificate yet.
  readonly token: string | undefined;
};

export type CertificateAnswer =
  | {
      readonly kind: "issued";
      readonly certificate: string; // PEM, leaf first
      readonly trust: readonly string[];
      readonly identity: string;
    }
  | { readonly kind: "refused"; readonly reason: string };

export const CONTROL_PATHS = {
  stream: "/weft.control.v1/stream",
  certificate: "/weft.control.v1/certificate",
} as const;
