// The plan for what no document declares, where that may be dialled: there, whatever it speaks,
// with no rules. Istio's PassthroughCluster.

import type { OutboundPlan } from "#snapshot/plan.ts";
import { withHash } from "./plan-hash.ts";

const NAME = "PassthroughCluster";

export const PASSTHROUGH_PLAN: OutboundPlan = withHash({
  kind: "outbound",
  id: "outbound/passthrough",
  scope: { kind: "service-port", namespace: "", name: NAME, port: 0, host: NAME },
  protocol: "detect",
  routes: [
    {
      ...{ name: "default", rule: 0, ruleName: "", origin: undefined, matches: [] },
      action: { kind: "forward", backends: [{ backend: 0, weight: 1 }] },
    },
  ],
  backends: [
    {
      ...{ kind: "endpoints", namespace: "", service: NAME, port: 0, subset: "" },
      endpoints: [
        {
          speaks: "plaintext",
          workload: { namespace: "", name: "", serviceAccount: "", app: "", version: "" },
          ...{ address: "", port: 0, isNamed: true },
        },
      ],
    },
  ],
} as const satisfies Omit<OutboundPlan, "hash">);
