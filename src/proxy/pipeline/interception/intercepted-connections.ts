// The connections that a workload's application dials and the kernel brings here. Nothing proves
// who dialled but the kernel's rules: nobody outside the workload gets to this listener.

import { isForbiddenTarget } from "#proxy/pipeline/forbidden-targets.ts";
import { KeyedConnections } from "#proxy/pipeline/keyed-connections.ts";
import type { OpenConnections } from "#proxy/pipeline/open-connections.ts";
import type { OutboundRouter } from "#proxy/pipeline/outbound-router.ts";
import type { ByteStream, Target } from "#proxy/transport/byte-stream.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import { InterceptedAcceptor, type InterceptedOptions } from "./intercepted-acceptor.ts";
import { targetText } from "./target-text.ts";

export class InterceptedConnections {
  readonly #router: OutboundRouter;
  readonly #keyed: KeyedConnections;

  constructor(options: InterceptedOptions, codecs: CodecTools, open: OpenConnections) {
    const { tools, router } = options;
    this.#router = router;
    this.#keyed = new KeyedConnections({
      ...{ tools, router, codecs, open },
      acceptorFor: (key, isHttp2) => new InterceptedAcceptor(options, key, isHttp2),
    });
  }

  // `original`: where the application meant to go.
  take(stream: ByteStream, original: Target): void {
    const key = targetText(original);
    // Who asks in HTTP is told why; nobody is asked for a plan.
    if (isForbidden(original)) return this.#keyed.take(stream, key, undefined);
    this.#router.whenKnown(key, (plan) => this.#keyed.take(stream, key, plan));
  }
}

// Metrics and health of other proxies, which are for everybody: a collector may have a proxy, too.
const STATUS_PORTS = [15_020, 15_021];

function isForbidden({ address, port }: Target): boolean {
  return isForbiddenTarget(address, STATUS_PORTS.includes(port) ? 0 : port, "");
}
