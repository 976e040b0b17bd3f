// The plan for one port of one workload, dialled by its address: no rules, its own identity.

import type { OutboundPlan } from "#snapshot/plan.ts";
import { withHash } from "./plan-hash.ts";
import type { Directly } from "./resolve-key.ts";

export function directPlan({ target, address, port }: Directly): OutboundPlan {
  const { workload, identity, meshPort, ports } = target;
  const { namespace, name } = workload;
  return withHash({
    kind: "outbound" as const,
    id: directId(address, port),
    scope: { kind: "service-port" as const, namespace, name, port, host: address },
    protocol: ports.find((declared) => declared.port === port)?.protocol ?? "detect",
    routes: [
      {
        ...{ name: "default", rule: 0, ruleName: "", origin: undefined, matches: [] },
        action: { kind: "forward" as const, backends: [{ backend: 0, weight: 1 }] },
      },
    ],
    backends: [
      {
        ...{ kind: "endpoints" as const, namespace, service: name, port, subset: "" },
        endpoints: [{ speaks: "weft" as const, workload, port, address, meshPort, identity }],
      },
    ],
  });
}

export function directId(address: string, port: number): string {
  return `outbound/direct#${address}:${port}`;
}
