// The plan for one port of one workload, dialled by its address: no rules, its own identity.

import type { DirectTarget } from "#snapshot/direct-target.ts";
import type { EndpointPlan, OutboundPlan } from "#snapshot/plan.ts";
import { withHash } from "./plan-hash.ts";
import type { Directly } from "./resolve-key.ts";

// Of which each such plan is a part, as it were.
export const DIRECT = "outbound/direct";

export function directPlan({ target, address, port }: Directly): OutboundPlan {
  const { workload, ports } = target;
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
        endpoints: [endpointOf(target, address, port)],
      },
    ],
  });
}

function endpointOf(
  { workload, identity, meshPort, plaintext }: DirectTarget,
  address: string,
  port: number,
): EndpointPlan {
  const isPlain = plaintext !== undefined && plaintext.all !== plaintext.except.includes(port);
  if (isPlain) return { speaks: "plaintext", workload, address, port };
  return { speaks: "weft", workload, port, address, meshPort, identity };
}

export function directId(address: string, port: number): string {
  return `${DIRECT}#${address}:${port}`;
}
