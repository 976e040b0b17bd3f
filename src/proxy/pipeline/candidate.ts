// Hot path.
//
// An endpoint as one backend sees it: the connections and the load are everybody's, whether it is
// healthy is the backend's own matter.

import type { EndpointLoad } from "#proxy/balancing/endpoint-load.ts";
import type { ConnectionPool } from "#proxy/exchange/connection-pool.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import type { EndpointHealth } from "#proxy/resilience/endpoint-health.ts";
import type { Endpoint } from "./endpoint.ts";

export class Candidate implements Endpoint {
  readonly address: string;
  readonly load: EndpointLoad;
  readonly isMesh: boolean;
  readonly health: EndpointHealth;
  readonly #endpoint: Endpoint;

  constructor(endpoint: Endpoint, health: EndpointHealth) {
    this.address = endpoint.address;
    this.load = endpoint.load;
    this.isMesh = endpoint.isMesh;
    this.health = health;
    this.#endpoint = endpoint;
  }

  poolFor(head: RequestHead): ConnectionPool {
    return this.#endpoint.poolFor(head);
  }
}
