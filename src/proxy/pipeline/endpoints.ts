// The endpoints that any plan of this proxy names, each once. They outlive plans; one that no plan
// names any more is closed when its open exchanges are over.

import { EndpointLoad } from "#proxy/balancing/endpoint-load.ts";
import { type Connect, ConnectionPool, type PoolTools } from "#proxy/exchange/connection-pool.ts";
import { asksForTunnel, type RequestHead } from "#proxy/exchange/heads.ts";
import type { EndpointPlan, MeshEndpointPlan } from "#snapshot/plan.ts";
import type { Endpoint } from "./endpoint.ts";
import { HbonePort, type HboneTools } from "./hbone-port.ts";
import { requestsPool, tunnelsPool } from "./mesh-pools.ts";
import { type PlainConnectors, PlainPort, type ProtocolAsked } from "./plain-port.ts";

// Makes connections of the mesh to one endpoint.
export type ConnectTo = (endpoint: Omit<MeshEndpointPlan, "speaks">) => Connect;

// An endpoint as we keep it; a document may change what is spoken to it.
type Kept = {
  speaking(protocol: ProtocolAsked): Endpoint;
  renew?(): void;
  close(): void;
};

export class Endpoints {
  readonly #connectTo: ConnectTo;
  readonly #connectors: PlainConnectors;
  readonly #tools: PoolTools;
  readonly #hbone: HboneTools;
  readonly #byKey = new Map<string, Kept>();

  constructor(
    connectTo: ConnectTo,
    connectors: PlainConnectors,
    tools: PoolTools,
    hbone: HboneTools,
  ) {
    this.#connectTo = connectTo;
    this.#connectors = connectors;
    this.#tools = tools;
    this.#hbone = hbone;
  }

  get count(): number {
    return this.#byKey.size;
  }

  of(plan: EndpointPlan, protocol: ProtocolAsked): Endpoint {
    const key = endpointKey(plan);
    const known = this.#byKey.get(key);
    if (known) return known.speaking(protocol);
    const made = this.#make(plan);
    this.#byKey.set(key, made);
    return made.speaking(protocol);
  }

  retain(plans: readonly EndpointPlan[]): void {
    const named = new Set(plans.map(endpointKey));
    for (const [key, endpoint] of this.#byKey) {
      if (named.has(key)) continue;
      this.#byKey.delete(key);
      endpoint.close();
    }
  }

  // Our certificate or the trust has changed: open exchanges finish, new ones get new connections.
  renew(): void {
    for (const endpoint of this.#byKey.values()) endpoint.renew?.();
  }

  #make(plan: EndpointPlan): Kept {
    switch (plan.speaks) {
      case "plaintext":
        return new PlainPort(plan, this.#connectors, this.#tools);
      case "hbone":
        return new HbonePort(plan, this.#hbone);
      case "weft":
        return new MeshEndpoint(plan, this.#connectTo(plan), this.#tools);
    }
  }
}

class MeshEndpoint implements Endpoint {
  readonly address: string;
  readonly load = new EndpointLoad();
  readonly isMesh = true;
  readonly #requests: ConnectionPool;
  readonly #tunnels: ConnectionPool;

  constructor({ address, meshPort }: MeshEndpointPlan, connect: Connect, tools: PoolTools) {
    this.address = `${address}:${meshPort}`;
    this.#requests = new ConnectionPool(connect, requestsPool, tools);
    this.#tunnels = new ConnectionPool(connect, tunnelsPool, tools);
  }

  // The other proxy speaks with the application.
  speaking(): Endpoint {
    return this;
  }

  poolFor(head: RequestHead): ConnectionPool {
    return asksForTunnel(head) ? this.#tunnels : this.#requests;
  }

  renew(): void {
    this.#requests.renew();
    this.#tunnels.renew();
  }

  close(): void {
    this.#requests.close();
    this.#tunnels.close();
  }
}

// Two ports of one workload share its connections; another identity at the same address does not.
function endpointKey(plan: EndpointPlan): string {
  const { speaks, address, port } = plan;
  if (speaks === "plaintext") return `${address}:${port} plaintext`;
  const proxy = `${address}:${plan.meshPort} ${plan.identity}`;
  return speaks === "weft" ? proxy : `${proxy} ${port}`;
}
