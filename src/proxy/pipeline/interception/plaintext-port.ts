// Hot path.
//
// What one connection without mutual TLS came for, as the inbound plan in force sees it.

import type { Forwarding } from "#proxy/pipeline/endpoint.ts";
import type { Exchange } from "#proxy/pipeline/exchange.ts";
import type { InboundOptions } from "#proxy/pipeline/inbound-acceptor.ts";
import { InboundForwardings } from "#proxy/pipeline/inbound-forwardings.ts";
import { OVERLOADED, PLAINTEXT_REFUSED, PORT_UNKNOWN } from "#proxy/pipeline/proxy-failures.ts";
import type { InboundPlan, InboundPortPlan, PlanProtocol } from "#snapshot/plan.ts";

export class PlaintextPort {
  readonly number: number;
  readonly address: string;
  readonly #options: InboundOptions;
  readonly #isOwn: boolean;
  readonly #forwardings: InboundForwardings;
  #plan: InboundPlan | undefined;
  #port: InboundPortPlan | undefined;
  #isPermitted = false;

  // `address` is that of who asks. `isOwn`: it is the workload's own, which calls itself.
  constructor(options: InboundOptions, port: number, address: string, isOwn: boolean) {
    this.number = port;
    this.address = address;
    this.#options = options;
    this.#isOwn = isOwn;
    this.#forwardings = new InboundForwardings(options, { identity: "", address });
  }

  // Undefined: nobody gets there.
  get protocol(): PlanProtocol | undefined {
    this.#look();
    return this.#port?.protocol;
  }

  get isPermitted(): boolean {
    this.#look();
    return this.#isPermitted;
  }

  start(exchange: Exchange, isHttp2: boolean): void {
    this.#look();
    if (this.#options.tools.overload.isRefusing) exchange.refuse(OVERLOADED);
    else if (!this.#port) exchange.refuse(PORT_UNKNOWN);
    else if (this.#isPermitted) exchange.start(this.#forwarding(this.#port, isHttp2));
    else exchange.refuse(PLAINTEXT_REFUSED, this.#forwarding(this.#port, isHttp2).seriesFor(-1));
  }

  // Whom its caller would speak HTTP/2 to without us most likely speaks it, whatever is declared.
  #forwarding(port: InboundPortPlan, isHttp2: boolean): Forwarding {
    const { protocol } = port;
    const asked = isHttp2 && protocol !== "http2" ? "http2-first" : protocol;
    return this.#forwardings.of(this.#plan!, port, "", asked);
  }

  #look(): void {
    const plan = this.#options.plan();
    if (plan === this.#plan) return;
    this.#plan = plan;
    this.#port = plan && this.#options.undeclared.in(plan, this.number);
    const isTaken = this.#port?.takesPlaintext ?? plan?.takesPlaintext === true;
    this.#isPermitted = this.#port !== undefined && (this.#isOwn || isTaken);
  }
}
