// Connections of which it is known what they are for, whatever they speak: the plan says that, or
// their first bytes do.

import type { RequestAcceptor } from "#proxy/exchange/exchange.ts";
import { Http1ServerConnection } from "#proxy/http1/server-connection.ts";
import { Http2ServerConnection } from "#proxy/http2/server-connection.ts";
import type { ByteStream } from "#proxy/transport/byte-stream.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import { TcpServerConnection } from "#proxy/tunnel/tcp-server-connection.ts";
import type { OutboundPlan } from "#snapshot/plan.ts";
import type { ExchangeTools } from "./exchange-tools.ts";
import type { OpenConnections } from "./open-connections.ts";
import type { OutboundRouter } from "./outbound-router.ts";
import { sniffProtocol } from "./sniff-protocol.ts";
import { sniffServerName } from "./sniff-server-name.ts";
import { TcpAcceptor } from "./tcp-acceptor.ts";
import { UndeclaredTunnel } from "./undeclared-tunnel.ts";
import { type KnowsUsage, withUsage } from "./with-usage.ts";

export type KeyedOptions = {
  readonly tools: ExchangeTools;
  readonly router: OutboundRouter;
  readonly codecs: CodecTools;
  readonly open: OpenConnections;
  // Who takes the requests of one connection.
  readonly acceptorFor: (key: string, isHttp2: boolean) => RequestAcceptor & KnowsUsage;
  // On ports that nobody declares: see UndeclaredTunnel.
  readonly isForProxy?: (bytes: Buffer) => boolean;
};

export class KeyedConnections {
  readonly #options: KeyedOptions;
  readonly #tcp: TcpAcceptor;

  constructor(options: KeyedOptions) {
    this.#options = options;
    this.#tcp = new TcpAcceptor(options.tools, options.router);
  }

  // `plan`: undefined where nobody answers to the key; who asks in HTTP is told so.
  take(stream: ByteStream, key: string, plan: OutboundPlan | undefined): void {
    switch (plan?.protocol) {
      case "tcp":
        return plan.readsServerName ? this.#takeTls(stream, key) : this.takeTcp(stream, key);
      case "detect":
        return this.#takeUndeclared(stream, key, plan);
      default:
        this.detect(stream, key, plan !== undefined);
    }
  }

  takeTcp(stream: ByteStream, key: string): void {
    this.#carry(stream, key, this.#tcp);
  }

  // `isHttp`: a document says so; then nobody but the asker speaks first.
  detect(stream: ByteStream, key: string, isHttp = false): void {
    sniffProtocol(stream, this.#options, isHttp, {
      speak: (protocol, replay) => this.speak(protocol, replay, key),
      carry: (replay) => this.takeTcp(replay, key),
    });
  }

  speak(protocol: "http1" | "http2", stream: ByteStream, key: string): void {
    const { acceptorFor, codecs, open } = this.#options;
    const acceptor = acceptorFor(key, protocol === "http2");
    open.add((closed) =>
      protocol === "http2"
        ? new Http2ServerConnection(stream, acceptor, codecs, closed, "outside")
        : withUsage(new Http1ServerConnection(stream, acceptor, codecs, closed), acceptor),
    );
  }

  // Who says something else, or nothing, is asked for no server.
  #takeTls(stream: ByteStream, key: string): void {
    const { tools, router } = this.#options;
    sniffServerName(stream, this.#options, (serverName, replay) =>
      this.#carry(replay, key, new TcpAcceptor(tools, router, serverName)),
    );
  }

  #carry(stream: ByteStream, key: string, acceptor: TcpAcceptor): void {
    const { codecs, open } = this.#options;
    open.add((closed) => new TcpServerConnection(stream, key, acceptor, codecs, closed));
  }

  #takeUndeclared(stream: ByteStream, key: string, plan: OutboundPlan): void {
    const { codecs, open, router, isForProxy } = this.#options;
    open.add(
      (closed) =>
        new UndeclaredTunnel(stream, {
          tools: codecs,
          lesson: router.lessonOf(plan),
          carry: (carried) => this.takeTcp(carried, key),
          speak: (protocol, spoken) => this.speak(protocol, spoken, key),
          ...{ isForProxy, closed },
        }),
    );
  }
}
