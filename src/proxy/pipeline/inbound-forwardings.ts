// Where the requests of one peer, or of somebody without an identity, go and are counted, by port
// and by the workload that asks. A proxy speaks for one workload, so there are hardly ever more
// than a few; the table is bounded all the same.

import { ownCopy } from "#base/own-copy.ts";
import { parseSpiffeId } from "#identity/spiffe-id.ts";
import type { InboundPlan, InboundPortPlan } from "#snapshot/plan.ts";
import type { Forwarding, Series } from "./endpoint.ts";
import type { InboundOptions, Peer } from "./inbound-acceptor.ts";
import type { ProtocolAsked } from "./plain-port.ts";

const KEPT_MAX = 64;

type Kept = {
  readonly port: InboundPortPlan;
  readonly source: string;
  readonly asked: ProtocolAsked;
  readonly forwarding: Forwarding;
};

const NO_HEADERS: readonly string[] = [];

export class InboundForwardings {
  readonly #options: InboundOptions;
  readonly #peer: Peer;
  readonly #namespace: string;
  #plan: InboundPlan | undefined;
  // Walked: a key to look up would have to be put together for each request.
  #kept: Kept[] = [];

  constructor(options: InboundOptions, peer: Peer) {
    this.#options = options;
    this.#peer = peer;
    this.#namespace = parseSpiffeId(peer.identity)?.namespace ?? "";
  }

  of(
    plan: InboundPlan,
    port: InboundPortPlan,
    source: string,
    asked: ProtocolAsked = port.protocol,
  ): Forwarding {
    if (plan !== this.#plan) {
      this.#plan = plan;
      this.#kept = [];
    }
    for (let i = 0; i < this.#kept.length; i++) {
      const kept = this.#kept[i]!;
      if (kept.port === port && kept.asked === asked && kept.source === source) {
        return kept.forwarding;
      }
    }
    if (this.#kept.length >= KEPT_MAX) this.#kept = [];
    const forwarding = this.#forwarding(plan, port, source, asked);
    this.#kept.push({ port, source: ownCopy(source), asked, forwarding });
    return forwarding;
  }

  #forwarding(
    plan: InboundPlan,
    port: InboundPortPlan,
    source: string,
    asked: ProtocolAsked,
  ): Forwarding {
    const endpoint = this.#options.application.port(port.port, asked, plan.ports.includes(port));
    const series = this.#series(plan, port, source);
    return {
      endpoints: endpoint ? [endpoint] : [],
      rule: "",
      headersFor: () => NO_HEADERS,
      seriesFor: () => series,
    };
  }

  #series({ workload }: InboundPlan, port: InboundPortPlan, source: string): Series {
    const slash = source.indexOf("/");
    // A peer speaks only for its own namespace, which its certificate shows.
    const isOwn = source.slice(0, slash) === this.#namespace;
    return this.#options.seriesOf({
      reporter: "destination",
      sourceNamespace: this.#namespace,
      sourceWorkload: isOwn ? source.slice(slash + 1) : "",
      sourceIdentity: this.#peer.identity,
      destinationNamespace: workload.namespace,
      destinationWorkload: workload.name,
      destinationIdentity: this.#options.identity(),
      destinationService: port.service,
      destinationServiceNamespace: port.serviceNamespace,
      destinationPort: port.port,
      route: "",
      backend: "",
      isMutualTls: this.#peer.identity !== "",
    });
  }
}
