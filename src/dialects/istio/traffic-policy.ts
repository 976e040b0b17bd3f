// trafficPolicy of a DestinationRule, of the whole service or of a subset.

import type { DestinationPolicy, PortedPolicy } from "#ir/destination-policy.ts";
import type { FieldReader } from "#ir/field-reader.ts";
import { readConnectionPool } from "./connection-pool.ts";
import { readLoadBalancer } from "./load-balancer.ts";
import { readOutlierDetection } from "./outlier-detection.ts";

const PORT_MAX = 65_535;
const WITHOUT = {
  proxyProtocol: "no PROXY protocol is spoken",
  retryBudget: "the mesh's own retry budget holds",
  tls: "connections inside the mesh are always mTLS",
  tunnel: "nothing is tunnelled",
} as const;

export function readTrafficPolicy(holder: FieldReader): PortedPolicy | undefined {
  const reader = holder.object("trafficPolicy");
  if (!reader) return undefined;
  const policy = readPolicy(reader);
  const ports = reader.list("portLevelSettings").flatMap((each) => {
    const number = each.inside("port");
    number.require("number", "a port of the service");
    const port = number.integer("number", 1, PORT_MAX);
    const own = readPolicy(each);
    return port === undefined ? [] : [{ port, policy: own }];
  });
  return ports.length === 0 ? policy : { ...policy, ports };
}

function readPolicy(reader: FieldReader): DestinationPolicy {
  const balancer = readLoadBalancer(reader);
  const ejection = readOutlierDetection(reader);
  const connections = readConnectionPool(reader);
  for (const [name, consequence] of Object.entries(WITHOUT)) {
    reader.unsupported("warning", consequence, name);
  }
  return {
    ...(balancer && { balancer }),
    ...(ejection && { ejection }),
    ...(connections && { connections }),
  };
}
