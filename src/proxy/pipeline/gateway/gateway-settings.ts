// What makes a proxy a gateway. It then has no application, and no listeners but the plan's and
// those for metrics and health.

import type { GatewayPlan } from "#snapshot/gateway-plan.ts";

export type GatewaySettings = {
  readonly plan: GatewayPlan;
  // PEM files of the private keys that the plan names.
  readonly keys: readonly { readonly name: string; readonly file: string }[];
  // Sockets that a supervisor holds, by the name of their listener.
  readonly sockets: readonly { readonly listener: string; readonly descriptor: number }[];
};
