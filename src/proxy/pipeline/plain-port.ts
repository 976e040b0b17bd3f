// One port that is spoken to without TLS, in the protocol that documents declare for it: an
// application behind its sidecar, or something outside the mesh.

import type { Limits } from "#base/limits.ts";
import { EndpointLoad } from "#proxy/balancing/endpoint-load.ts";
import {
  type Connect,
  ConnectionPool,
  type PoolLimits,
  type PoolOptions,
  type PoolTools,
} from "#proxy/exchange/connection-pool.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import type { PlanProtocol } from "#snapshot/plan.ts";
import type { Endpoint } from "./endpoint.ts";
import { isPlainTunnel } from "./is-plain-tunnel.ts";
import type { OutsideTarget } from "./outside-dial.ts";

export type ConnectInPlain = (target: OutsideTarget, limits?: PoolLimits) => Connect;

export type PlainConnectors = {
  readonly http: ConnectInPlain;
  readonly http2: ConnectInPlain;
  readonly http2First: ConnectInPlain;
  readonly tcp: ConnectInPlain;
};

// What to speak. "http2-first": as "detect", to a request that came over HTTP/2.
export type ProtocolAsked = PlanProtocol | "http2-first";

// A document may change a port's protocol, and connections go on.
export class PlainPort {
  readonly #http: PlainEndpoint;
  readonly #http2: PlainEndpoint;
  readonly #http2First: PlainEndpoint;
  readonly #tcp: ConnectionPool;

  constructor(target: OutsideTarget, connectors: PlainConnectors, tools: PoolTools) {
    const pool = (connect: ConnectInPlain, optionsFor = plainPool): ConnectionPool =>
      new ConnectionPool(connect(target, tools.limits), optionsFor, tools);
    const address = `${target.address}:${target.port}`;
    this.#tcp = pool(connectors.tcp);
    this.#http = new PlainEndpoint(address, pool(connectors.http), this.#tcp);
    this.#http2 = new PlainEndpoint(address, pool(connectors.http2, streamsPool), this.#tcp);
    const either = pool(connectors.http2First, streamsPool);
    this.#http2First = new PlainEndpoint(address, either, this.#tcp);
  }

  speaking(protocol: ProtocolAsked): Endpoint {
    switch (protocol) {
      case "http2":
        return this.#http2;
      case "http2-first":
        return this.#http2First;
      default:
        return this.#http;
    }
  }

  // What it is reached by has changed: new exchanges get new connections.
  renew(): void {
    this.#http.requests.renew();
    this.#http2.requests.renew();
    this.#http2First.requests.renew();
    this.#tcp.renew();
  }

  close(): void {
    this.#http.requests.close();
    this.#http2.requests.close();
    this.#http2First.requests.close();
    this.#tcp.close();
  }
}

class PlainEndpoint implements Endpoint {
  readonly address: string;
  readonly load = new EndpointLoad();
  readonly isMesh = false;
  readonly requests: ConnectionPool;
  readonly #tcp: ConnectionPool;

  constructor(address: string, requests: ConnectionPool, tcp: ConnectionPool) {
    this.address = address;
    this.requests = requests;
    this.#tcp = tcp;
  }

  // An upgrade is a request to whoever is there; CONNECT is meant for us, and wants the bytes.
  poolFor(head: RequestHead): ConnectionPool {
    return isPlainTunnel(head) ? this.#tcp : this.requests;
  }
}

// One exchange at a time on each connection.
export function plainPool(limits: Limits): PoolOptions {
  return {
    connectionsMax: limits.http1ConnectionsPerEndpointMax,
    slotsPerConnection: 1,
    waitingMax: limits.requestsWaitingPerEndpointMax,
    // Below the 5 s after which Node and others close an idle connection under the next request.
    idleTimeoutMs: limits.applicationIdleMs,
    lifeMs: limits.connectionLifeMs,
  };
}

function streamsPool(limits: Limits): PoolOptions {
  return { ...plainPool(limits), slotsPerConnection: limits.streamsPerConnectionMax };
}
