// Who this proxy is, as it says when it opens the control stream.

import type { PlanFeedOptions } from "#proxy/feed/plan-feed.ts";
import { PROTOCOL_VERSION } from "#snapshot/messages.ts";
import { ownAddress } from "./own-address.ts";
import type { ProxySettings } from "./proxy-settings.ts";

export function introduction(settings: ProxySettings): PlanFeedOptions["self"] {
  const { version, workload, mesh, metrics } = settings;
  const address = ownAddress(settings);
  const host = address.includes(":") ? `[${address}]` : address;
  return {
    protocol: PROTOCOL_VERSION,
    version,
    workload,
    address,
    meshPort: mesh.port,
    metrics: `${host}:${metrics.port}`,
  };
}
