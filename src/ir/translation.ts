// What a dialect makes of one document. Total: a bad document yields diagnostics and invalid
// backends, never an exception and never silence.

import type { Diagnostic } from "./diagnostic.ts";
import type { EgressRule } from "./egress-rule.ts";
import type { FaultRule } from "./fault-rule.ts";
import type {
  MeshSettings,
  Outside,
  ReferenceGrant,
  Service,
  ServiceAccount,
  SubsetRule,
  Workload,
  WorkloadEntry,
} from "./model.ts";
import type { PeerRule } from "./peer-rule.ts";
import type { DelegateRules, HttpRoute } from "./route.ts";
import type { TelemetryRule } from "./telemetry-rule.ts";

export type Translation = {
  readonly diagnostics: readonly Diagnostic[];
  readonly workloads?: readonly Workload[];
  readonly services?: readonly Service[];
  readonly outsides?: readonly Outside[];
  readonly serviceAccounts?: readonly ServiceAccount[];
  readonly subsets?: readonly SubsetRule[];
  readonly routes?: readonly HttpRoute[];
  readonly referenceGrants?: readonly ReferenceGrant[];
  readonly delegates?: readonly DelegateRules[];
  readonly entries?: readonly WorkloadEntry[];
  readonly egressRules?: readonly EgressRule[];
  readonly peerRules?: readonly PeerRule[];
  readonly faultRules?: readonly FaultRule[];
  readonly telemetryRules?: readonly TelemetryRule[];
  readonly mesh?: Partial<MeshSettings>; // what it says
};
