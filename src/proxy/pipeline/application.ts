// The application behind a sidecar: one endpoint for each port that the workload declares.

import { LIMITS } from "#base/limits.ts";
import { EndpointLoad } from "#proxy/balancing/endpoint-load.ts";
import { type Connect, ConnectionPool, type PoolTools } from "#proxy/exchange/connection-pool.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import type { Target } from "#proxy/transport/byte-stream.ts";
import type { Endpoint } from "./endpoint.ts";

export type ApplicationPort = Target & { readonly declared: number };

export type ConnectToApplication = (target: Target) => Connect;

// By what is spoken to the application: its declared protocol decides.
export type ApplicationConnectors = {
  readonly http: ConnectToApplication;
  readonly http2: ConnectToApplication;
  readonly tcp: ConnectToApplication;
};

export class Application {
  readonly #ports: ReadonlyMap<number, ApplicationEndpoints>;

  constructor(
    ports: readonly ApplicationPort[],
    connectors: ApplicationConnectors,
    tools: PoolTools,
  ) {
    this.#ports = new Map(
      ports.map(({ declared, ...target }) => [
        declared,
        new ApplicationEndpoints(target, connectors, tools),
      ]),
    );
  }

  // By the number that documents give it, and the protocol that they declare.
  port(declared: number, protocol: "http" | "http2" | "tcp"): Endpoint | undefined {
    return this.#ports.get(declared)?.speaking(protocol);
  }

  close(): void {
    for (const endpoints of this.#ports.values()) endpoints.close();
  }
}

// One port: a document may change its protocol, and connections go on.
class ApplicationEndpoints {
  readonly #http: ApplicationEndpoint;
  readonly #http2: ApplicationEndpoint;
  readonly #tcp: ConnectionPool;

  constructor(target: Target, connectors: ApplicationConnectors, tools: PoolTools) {
    const pool = (connect: ConnectToApplication, slotsPerConnection: number): ConnectionPool =>
      new ConnectionPool(connect(target), { ...APPLICATION_POOL, slotsPerConnection }, tools);
    const address = `${target.address}:${target.port}`;
    this.#tcp = pool(connectors.tcp, 1);
    this.#http = new ApplicationEndpoint(address, pool(connectors.http, 1), this.#tcp);
    const streams = LIMITS.streamsPerConnectionMax;
    this.#http2 = new ApplicationEndpoint(address, pool(connectors.http2, streams), this.#tcp);
  }

  speaking(protocol: "http" | "http2" | "tcp"): Endpoint {
    return protocol === "http2" ? this.#http2 : this.#http;
  }

  close(): void {
    this.#http.requests.close();
    this.#http2.requests.close();
    this.#tcp.close();
  }
}

class ApplicationEndpoint implements Endpoint {
  readonly address: string;
  readonly load = new EndpointLoad();
  readonly requests: ConnectionPool;
  readonly #tcp: ConnectionPool;

  constructor(address: string, requests: ConnectionPool, tcp: ConnectionPool) {
    this.address = address;
    this.requests = requests;
    this.#tcp = tcp;
  }

  // An upgrade is a request to the application; CONNECT is meant for us, and wants its bytes.
  poolFor({ method, upgrade }: RequestHead): ConnectionPool {
    return method === "CONNECT" && upgrade === undefined ? this.#tcp : this.requests;
  }
}

export const APPLICATION_POOL = {
  connectionsMax: LIMITS.http1ConnectionsPerEndpointMax,
  slotsPerConnection: 1,
  waitingMax: LIMITS.requestsWaitingPerEndpointMax,
  // Below the 5 s after which Node and others close an idle connection under the next request.
  idleTimeoutMs: LIMITS.applicationIdleMs,
  lifeMs: LIMITS.connectionLifeMs,
};
