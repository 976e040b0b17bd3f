// The application behind an intercepted workload: any port, where it is.
//
// A declared port is dialled on loopback first, so that an application that listens only there is
// reached, and then at the workload's own addresses. One that nobody declares only at these: what
// listens on loopback alone, a debugger perhaps, wasn't meant for others.

import type { Clock } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { PoolTools } from "#proxy/exchange/connection-pool.ts";
import type { ApplicationPorts } from "#proxy/pipeline/application.ts";
import { plainConnectors } from "#proxy/pipeline/connectors.ts";
import type { Endpoint } from "#proxy/pipeline/endpoint.ts";
import { PlainPort, type ProtocolAsked } from "#proxy/pipeline/plain-port.ts";
import type { Dial } from "#proxy/transport/byte-stream.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import { applicationDial } from "./application-dial.ts";

export type InterceptedApplicationTools = {
  readonly dial: Dial;
  readonly clock: Clock;
  readonly codecs: CodecTools;
  readonly pools: PoolTools;
};

const IPV4_LOOPBACK = "127.0.0.1";
const IPV6_LOOPBACK = "::1";

export class InterceptedApplication implements ApplicationPorts {
  readonly #addresses: readonly string[];
  readonly #tools: InterceptedApplicationTools;
  readonly #declared = new Map<number, PlainPort>();
  readonly #undeclared = new Map<number, PlainPort>();

  // `addresses`: the workload's own, not empty.
  constructor(addresses: readonly string[], tools: InterceptedApplicationTools) {
    this.#addresses = addresses;
    this.#tools = tools;
  }

  port(port: number, protocol: ProtocolAsked, isDeclared: boolean): Endpoint {
    const kept = isDeclared ? this.#declared : this.#undeclared;
    const known = kept.get(port);
    if (known) return known.speaking(protocol);
    // Who has one yet goes on with it: its connections end when nobody needs them.
    if (kept.size >= LIMITS.undeclaredPortsMax) kept.delete(kept.keys().next().value!);
    const own = this.#addresses;
    const addresses = isDeclared ? [IPV4_LOOPBACK, ...own, IPV6_LOOPBACK] : own;
    const made = this.#make(port, addresses);
    kept.set(port, made);
    return made.speaking(protocol);
  }

  close(): void {
    for (const port of [...this.#declared.values(), ...this.#undeclared.values()]) port.close();
  }

  #make(port: number, addresses: readonly string[]): PlainPort {
    const { dial, clock, codecs, pools } = this.#tools;
    const connectors = plainConnectors(applicationDial(dial, clock, addresses), codecs);
    return new PlainPort({ address: addresses[0]!, port }, connectors, pools);
  }
}
