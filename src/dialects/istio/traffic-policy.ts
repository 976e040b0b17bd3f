// trafficPolicy of a DestinationRule, of the whole service or of a subset.

import type { DestinationPolicy, Ejection, PortedPolicy } from "#ir/destination-policy.ts";
import type { FieldReader } from "#ir/field-reader.ts";
import { readClientTls } from "./client-tls.ts";
import { readConnectionPool } from "./connection-pool.ts";
import { readLoadBalancer } from "./load-balancer.ts";
import { readOutlierDetection } from "./outlier-detection.ts";

const PORT_MAX = 65_535;
const WITHOUT = {
  proxyProtocol: "no PROXY protocol is spoken",
  retryBudget: "the mesh's own retry budget holds",
  tunnel: "nothing is tunnelled",
} as const;

// `inherited`: what a subset has from its service.
export function readTrafficPolicy(
  holder: FieldReader,
  inherited?: Ejection | undefined,
): PortedPolicy | undefined {
  const reader = holder.object("trafficPolicy");
  if (!reader) return undefined;
  const policy = readPolicy(reader, inherited);
  const ports = reader.list("portLevelSettings").flatMap((each) => {
    const number = each.inside("port");
    number.require("number", "a port of the service");
    const port = number.integer("number", 1, PORT_MAX);
    const own = readPolicy(each, undefined);
    return port === undefined ? [] : [{ port, policy: own }];
  });
  return ports.length === 0 ? policy : { ...policy, ports };
}

function readPolicy(reader: FieldReader, inherited: Ejection | undefined): DestinationPolicy {
  const balancer = readLoadBalancer(reader);
  const ejection = readOutlierDetection(reader);
  if (balancer?.locality?.kind === "tiers" && !(ejection ?? inherited)) reportNoFailover(reader);
  const connections = readConnectionPool(reader);
  const tls = readClientTls(reader);
  for (const [name, consequence] of Object.entries(WITHOUT)) {
    reader.unsupported("warning", consequence, name);
  }
  return {
    ...(balancer && { balancer }),
    ...(ejection && { ejection }),
    ...(connections && { connections }),
    ...(tls && { tls }),
  };
}

// Istio's condition: who never notices that an endpoint fails never leaves it for a farther one.
function reportNoFailover(reader: FieldReader): void {
  reader.report(["loadBalancer", "localityLbSetting"], {
    severity: "warning",
    code: "WEFT220",
    message: "Endpoints are picked wherever they are: there is no outlierDetection",
    remedy: "Add outlierDetection to the same trafficPolicy, or set localityLbSetting.distribute.",
  });
}
