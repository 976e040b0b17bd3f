// Who this proxy is, as it says when it opens the control stream.

import type { PlanFeedOptions } from "#proxy/feed/plan-feed.ts";
import { PROTOCOL_VERSION } from "#snapshot/messages.ts";
import type { ProxySettings } from "./proxy-settings.ts";

export function introduction(settings: ProxySettings): PlanFeedOptions["self"] {
  const { version, workload, mesh, metrics } = settings;
  return {
    protocol: PROTOCOL_VERSION,
    version,
    workload,
    address: mesh.address,
    meshPort: mesh.port,
    metrics: `${metrics.address}:${metrics.port}`,
  };
}
