// What a data plane needs to reach workloads of other meshes.

import { HBONE_ALPN } from "#proxy/pipeline/alpn.ts";
import { meshConnector } from "#proxy/pipeline/connectors.ts";
import type { MeshConnections } from "#proxy/pipeline/mesh-connections.ts";
import type { ProxySettings } from "#proxy/pipeline/proxy-settings.ts";
import type { World } from "#proxy/pipeline/world.ts";
import type { CredentialSlot } from "#proxy/tls/credential-slot.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import type { HboneTools } from "./hbone-port.ts";

export function hboneTools(
  { workload }: Pick<ProxySettings, "workload">,
  { clock, random, network }: Pick<World, "clock" | "random" | "network">,
  slot: CredentialSlot,
  connections: MeshConnections,
  codec: CodecTools,
): HboneTools {
  const { deadlines, limits } = codec;
  const dial = network.meshDial({ slot, clock, alpn: HBONE_ALPN });
  const { namespace, name } = workload;
  return {
    codec,
    pools: { clock, deadlines, random, limits },
    connectTo: meshConnector(dial, codec, connections),
    // As hbone-source.ts reads it. A certificate's identity is what counts on either side.
    headers: ["baggage", `k8s.namespace.name=${namespace},k8s.deployment.name=${name}`],
  };
}
