// What one authenticated proxy of another mesh brings over HBONE, as Istio's ambient mode does:
// CONNECT to the address and a port of our workload, and then bytes for the application. Who it is
// its certificate says and nothing else: `forwarded` and `x-forwarded-network` are not looked at,
// and `baggage` names a workload only inside the certificate's namespace.

import type { DownstreamStream, RequestAcceptor, RequestEvents } from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import type { RequestHead, ResponseHead } from "#proxy/exchange/heads.ts";
import { canonicalAddress } from "#proxy/pipeline/canonical-address.ts";
import { Exchange } from "#proxy/pipeline/exchange.ts";
import { isForbiddenTarget } from "#proxy/pipeline/forbidden-targets.ts";
import type { InboundOptions, Peer } from "#proxy/pipeline/inbound-acceptor.ts";
import { InboundForwardings } from "#proxy/pipeline/inbound-forwardings.ts";
import {
  ADDRESS_FOREIGN,
  AUTHORITY_MALFORMED,
  CONNECT_REQUIRED,
  DESTINATION_FORBIDDEN,
  OVERLOADED,
  PORT_UNKNOWN,
} from "#proxy/pipeline/proxy-failures.ts";
import { refuseUnread } from "#proxy/pipeline/refuse-unread.ts";
import type { InboundPlan, InboundPortPlan } from "#snapshot/plan.ts";
import { hboneSourceOf } from "./hbone-source.ts";
import { hboneTargetOf } from "./hbone-target.ts";

type Admission =
  | { readonly kind: "admitted"; readonly plan: InboundPlan; readonly port: InboundPortPlan }
  | { readonly kind: "refused"; readonly failure: Failure };

export class HboneAcceptor implements RequestAcceptor {
  readonly #options: InboundOptions;
  readonly #own: string | undefined;
  readonly #forwardings: InboundForwardings;

  constructor(options: InboundOptions, peer: Peer) {
    this.#options = options;
    this.#own = canonicalAddress(options.address);
    this.#forwardings = new InboundForwardings(options, peer);
  }

  request(head: RequestHead, stream: DownstreamStream): RequestEvents {
    const exchange = new Exchange(this.#options.tools, head, stream);
    const admission = this.#admit(head);
    if (this.#options.tools.overload.isRefusing) {
      exchange.refuse(OVERLOADED);
    } else if (admission.kind === "refused") {
      exchange.refuse(admission.failure);
    } else {
      const { plan, port } = admission;
      exchange.start(this.#forwardings.of(plan, port, hboneSourceOf(head.headers)));
    }
    return exchange;
  }

  refuse(failure: Failure): ResponseHead {
    return refuseUnread(this.#options.tools, failure);
  }

  // Whether the plan in force now admits what another one has admitted.
  allows(head: RequestHead): boolean {
    return this.#admit(head).kind === "admitted";
  }

  #admit({ method, upgrade, authority }: RequestHead): Admission {
    if (method !== "CONNECT" || upgrade !== undefined) return refused(CONNECT_REQUIRED);
    const target = hboneTargetOf(authority);
    if (!target) return refused(AUTHORITY_MALFORMED);
    const { address, port } = target;
    if (isForbiddenTarget(address, port, this.#options.address)) {
      return refused(DESTINATION_FORBIDDEN);
    }
    if (address !== this.#own) return refused(ADDRESS_FOREIGN);
    const plan = this.#options.plan();
    const found = plan && this.#options.undeclared.in(plan, port);
    return found ? { kind: "admitted", plan, port: found } : refused(PORT_UNKNOWN);
  }
}

function refused(failure: Failure): Admission {
  return { kind: "refused", failure };
}
