// The application as a proxy's settings have it.

import type { PoolTools } from "#proxy/exchange/connection-pool.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import { Application, type ApplicationPorts } from "./application.ts";
import { InterceptedApplication } from "./interception/intercepted-application.ts";
import type { PlainConnectors } from "./plain-port.ts";
import type { ProxySettings } from "./proxy-settings.ts";
import type { World } from "./world.ts";

export function applicationOf(
  { application, interception }: ProxySettings,
  { network, clock }: World,
  connectors: PlainConnectors,
  pools: PoolTools,
  codecs: CodecTools,
): ApplicationPorts {
  if (!interception) return new Application(application, connectors, pools);
  const { dial } = network;
  return new InterceptedApplication(interception.addresses, { dial, clock, codecs, pools });
}
