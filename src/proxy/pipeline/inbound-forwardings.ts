// Where the requests of one peer go and are counted, by port and by the workload that asks. A
// proxy speaks for one workload, so there are hardly ever more than a few; the table is bounded all
// the same.

import { parseSpiffeId } from "#identity/spiffe-id.ts";
import type { InboundPlan, InboundPortPlan } from "#snapshot/plan.ts";
import type { Forwarding, Series } from "./endpoint.ts";
import type { InboundOptions, Peer } from "./inbound-acceptor.ts";
import type { ProtocolAsked } from "./plain-port.ts";

const KEPT_MAX = 64;
const NO_HEADERS: readonly string[] = [];

export class InboundForwardings {
  readonly #options: InboundOptions;
  readonly #peer: Peer;
  readonly #namespace: string;
  #plan: InboundPlan | undefined;
  readonly #kept = new Map<string, Forwarding>();

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
    if (plan !== this.#plan || this.#kept.size >= KEPT_MAX) {
      this.#plan = plan;
      this.#kept.clear();
    }
    const key = `${port.port} ${asked} ${source}`;
    const kept = this.#kept.get(key);
    if (kept) return kept;
    const made = this.#forwarding(plan, port, source, asked);
    this.#kept.set(key, made);
    return made;
  }

  #forwarding(
    plan: InboundPlan,
    port: InboundPortPlan,
    source: string,
    asked: ProtocolAsked,
  ): Forwarding {
    const endpoint = this.#options.application.port(port.port, asked);
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
      isMutualTls: true,
    });
  }
}
