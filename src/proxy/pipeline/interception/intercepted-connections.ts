// The connections that a workload's application dials and the kernel brings here. Nothing proves
// who dialled but the kernel's rules: nobody outside the workload gets to this listener.

import { isForbiddenOutside } from "#proxy/pipeline/forbidden-targets.ts";
import { KeyedConnections } from "#proxy/pipeline/keyed-connections.ts";
import type { OpenConnections } from "#proxy/pipeline/open-connections.ts";
import type { OutboundRouter } from "#proxy/pipeline/outbound-router.ts";
import { isDeclared, isOutsideHost } from "#proxy/pipeline/outside-host.ts";
import type { SniffOpenTools } from "#proxy/pipeline/sniff-open.ts";
import { sniffServerName } from "#proxy/pipeline/sniff-server-name.ts";
import type { ByteStream, Target } from "#proxy/transport/byte-stream.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import type { OutboundPlan } from "#snapshot/plan.ts";
import { InterceptedAcceptor, type InterceptedOptions } from "./intercepted-acceptor.ts";
import { isForProxy } from "./is-for-proxy.ts";
import { targetText } from "./target-text.ts";

export class InterceptedConnections {
  readonly #router: OutboundRouter;
  readonly #keyed: KeyedConnections;
  readonly #sniffing: SniffOpenTools;

  constructor(options: InterceptedOptions, codecs: CodecTools, open: OpenConnections) {
    const { tools, router } = options;
    this.#router = router;
    this.#sniffing = { codecs, open };
    this.#keyed = new KeyedConnections({
      ...{ tools, router, codecs, open },
      acceptorFor: (key, isHttp2) => new InterceptedAcceptor(options, key, isHttp2),
      isForProxy,
    });
  }

  // `original`: where the application meant to go.
  take(stream: ByteStream, original: Target): void {
    const key = targetText(original);
    // Who asks in HTTP is told why; nobody is asked for a plan.
    if (isForbiddenOutside(original.address, original.port))
      return this.#keyed.take(stream, key, undefined);
    this.#router.whenKnown(key, (plan) => {
      const isTls = TLS_PORTS.includes(original.port) && !isDeclared(plan);
      if (isTls) this.#takeByServerName(stream, original, plan);
      else this.#keyed.take(stream, key, plan);
    });
  }

  // Of an address that no document declares, its ClientHello may name a host that one does.
  #takeByServerName(stream: ByteStream, original: Target, plan: OutboundPlan | undefined): void {
    sniffServerName(stream, this.#sniffing, (serverName, replay) => {
      const asDialled = () => this.#keyed.take(replay, targetText(original), plan);
      if (serverName === "") return asDialled();
      const key = `${serverName}:${original.port}`;
      this.#router.whenKnown(key, (named) => {
        if (isOutsideHost(named)) this.#keyed.take(replay, key, named);
        else asDialled();
      });
    });
  }
}

// There nobody but the asker speaks first.
const TLS_PORTS = [443, 8443];
