// Connections from outside the mesh, once their peer is known: what they speak, and how they end.

import { type ClientHello, readClientHello } from "#proxy/detection/client-hello.ts";
import { Http1ServerConnection } from "#proxy/http1/server-connection.ts";
import { Http2ServerConnection } from "#proxy/http2/server-connection.ts";
import { httpBeginning } from "#proxy/pipeline/http-beginning.ts";
import type { OpenConnections } from "#proxy/pipeline/open-connections.ts";
import { sniffOpen } from "#proxy/pipeline/sniff-open.ts";
import { TcpAcceptor } from "#proxy/pipeline/tcp-acceptor.ts";
import { withUsage } from "#proxy/pipeline/with-usage.ts";
import type { ByteStream } from "#proxy/transport/byte-stream.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import { TcpServerConnection } from "#proxy/tunnel/tcp-server-connection.ts";
import { clientAddress } from "./client-address.ts";
import {
  GatewayAcceptor,
  type GatewayAcceptorOptions,
  type ListenerSlot,
} from "./gateway-acceptor.ts";
import type { ConnectionRefusal, GatewayCounters } from "./gateway-counters.ts";
import type { ArrivedStream } from "./gateway-listen.ts";

export type GatewayConnectionsOptions = GatewayAcceptorOptions & {
  readonly open: OpenConnections;
  readonly codecs: CodecTools;
  readonly counters: GatewayCounters;
};

type Unserved = ClientHello | "garbage" | "other" | "timeout";

export class GatewayConnections {
  readonly #options: GatewayConnectionsOptions;
  readonly #tcp: TcpAcceptor;

  constructor(options: GatewayConnectionsOptions) {
    this.#options = options;
    this.#tcp = new TcpAcceptor(options.tools, options.router);
  }

  take(slot: ListenerSlot, arrived: ArrivedStream): void {
    const { plan } = slot.bound;
    const { stream, agreed } = arrived;
    switch (plan.protocol) {
      case "tcp":
        return this.#tunnel(stream, plan.key);
      case "tls-passthrough":
        return this.#passThrough(slot, stream);
      default:
        if (agreed) return this.#speak(agreed, slot, stream, arrived);
        return sniffOpen(stream, this.#options, httpBeginning, (verdict, replay) => {
          if (verdict === "foreign") return replay.destroy();
          this.#speak(verdict === "http2" ? "http2" : "http1", slot, replay, arrived);
        });
    }
  }

  #speak(
    protocol: "http1" | "http2",
    slot: ListenerSlot,
    stream: ByteStream,
    { source }: ArrivedStream,
  ): void {
    const { codecs, open } = this.#options;
    const isHttp2 = protocol === "http2";
    const acceptor = new GatewayAcceptor(this.#options, slot, clientAddress(source), isHttp2);
    open.add((closed) =>
      isHttp2
        ? new Http2ServerConnection(stream, acceptor, codecs, closed, "outside")
        : withUsage(new Http1ServerConnection(stream, acceptor, codecs, closed), acceptor),
    );
  }

  #passThrough(slot: ListenerSlot, stream: ByteStream): void {
    sniffOpen<Exclude<Unserved, "other" | "timeout">>(
      stream,
      this.#options,
      whichHello,
      (verdict, replay) => {
        const { plan, hosts } = slot.bound;
        const { counters } = this.#options;
        const found = typeof verdict === "string" ? undefined : hosts.find(verdict.serverName);
        // Who names nobody is for nobody, also where a "*" stands.
        if (!found || typeof verdict === "string" || verdict.serverName === "") {
          counters.refused(plan.name, refusalOf(verdict));
          return replay.destroy();
        }
        counters.passedThrough(plan.name, found.host);
        this.#tunnel(replay, found.key);
      },
    );
  }

  #tunnel(stream: ByteStream, key: string): void {
    const { codecs, open } = this.#options;
    open.add((closed) => new TcpServerConnection(stream, key, this.#tcp, codecs, closed));
  }
}

function whichHello(bytes: Buffer): ClientHello | "garbage" | undefined {
  const hello = readClientHello(bytes);
  return hello === "more" ? undefined : (hello ?? "garbage");
}

function refusalOf(verdict: Unserved): ConnectionRefusal {
  if (verdict === "timeout") return "hello-timeout";
  if (typeof verdict === "string") return "not-tls";
  return verdict.serverName === "" ? "name-missing" : "name-unknown";
}
