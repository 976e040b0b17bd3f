// The application's connections to its own sidecar, whatever they speak.

import type { DownstreamStream, RequestEvents } from "#proxy/exchange/exchange.ts";
import type { ByteStream } from "#proxy/transport/byte-stream.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import { tunnelStream } from "#proxy/tunnel/tunnel-stream.ts";
import { httpBeginning } from "./http-beginning.ts";
import { KeyedConnections } from "./keyed-connections.ts";
import type { OpenConnections } from "./open-connections.ts";
import { OutboundAcceptor, type OutboundOptions } from "./outbound-acceptor.ts";
import type { OutboundRouter } from "./outbound-router.ts";
import { type SniffOpenTools, sniffOpen } from "./sniff-open.ts";

export class OutboundConnections {
  readonly #router: OutboundRouter;
  readonly #sniffing: SniffOpenTools;
  readonly #keyed: KeyedConnections;

  constructor(
    options: Omit<OutboundOptions, "enterTunnel">,
    codecs: CodecTools,
    open: OpenConnections,
  ) {
    const { tools, router } = options;
    const own: OutboundOptions = {
      ...options,
      enterTunnel: (key, stream) => this.#enterTunnel(key, stream),
    };
    this.#router = router;
    this.#sniffing = { codecs, open };
    this.#keyed = new KeyedConnections({
      ...{ tools, router, codecs, open },
      acceptorFor: (key, isHttp2) => new OutboundAcceptor(own, key, isHttp2),
    });
  }

  // On the outbound listener: HTTP/1, or HTTP/2 with prior knowledge. What says that it is another
  // protocol is closed without an answer that it would not understand; all else that is wrong the
  // HTTP/1 codec refuses.
  take(stream: ByteStream): void {
    sniffOpen(stream, this.#sniffing, httpBeginning, (verdict, replay) => {
      if (verdict === "foreign") return replay.destroy();
      this.#keyed.speak(verdict === "http2" ? "http2" : "http1", replay, "");
    });
  }

  // On a listener of its own: all is for `key`, whoever asks.
  takeDependency(stream: ByteStream, key: string): void {
    this.#router.whenKnown(key, (plan) => {
      if (plan) this.#keyed.take(stream, key, plan);
      else this.#keyed.takeTcp(stream, key); // which says why there is none
    });
  }

  #enterTunnel(key: string, downstream: DownstreamStream): RequestEvents {
    downstream.respond({ status: 200, headers: [], contentLength: -1 });
    const { stream, events } = tunnelStream(downstream, key);
    // What comes meanwhile the tunnel holds.
    this.#router.whenKnown(key, (plan) => this.#keyed.take(stream, key, plan));
    return events;
  }
}
