// How a proxy connects to everybody: to other proxies of the mesh, and outside it.

import type { CredentialSlot } from "#proxy/tls/credential-slot.ts";
import { OriginContexts } from "#proxy/tls/origin-contexts.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import { MESH_ALPN } from "./alpn.ts";
import { meshConnector, plainConnectors } from "./connectors.ts";
import type { ConnectTo } from "./endpoints.ts";
import type { MeshConnections } from "./mesh-connections.ts";
import { outsideDial } from "./outside-dial.ts";
import type { PlainConnectors } from "./plain-port.ts";
import type { World } from "./world.ts";

export type AllConnectors = {
  readonly connectTo: ConnectTo;
  readonly connectors: PlainConnectors;
};

export function allConnectors(
  { network, clock, files }: World,
  slot: CredentialSlot,
  tools: CodecTools,
  connections: MeshConnections,
): AllConnectors {
  const { dial, resolve, originDial } = network;
  const meshDial = network.meshDial({ slot, clock, alpn: MESH_ALPN });
  const connectTo = meshConnector(meshDial, tools, connections);
  const contexts = new OriginContexts(files, slot);
  const outside = outsideDial({ clock, dial, resolve, originDial: originDial(clock, contexts) });
  return { connectTo, connectors: plainConnectors(outside, tools) };
}
