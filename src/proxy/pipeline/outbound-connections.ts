// The application's connections to its own sidecar, whatever they speak.

import type { DownstreamStream, RequestEvents } from "#proxy/exchange/exchange.ts";
import { Http1ServerConnection } from "#proxy/http1/server-connection.ts";
import type { ByteStream } from "#proxy/transport/byte-stream.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import { TcpServerConnection } from "#proxy/tunnel/tcp-server-connection.ts";
import { tunnelStream } from "#proxy/tunnel/tunnel-stream.ts";
import type { OpenConnections } from "./open-connections.ts";
import { OutboundAcceptor, type OutboundOptions } from "./outbound-acceptor.ts";
import { TcpAcceptor } from "./tcp-acceptor.ts";

export class OutboundConnections {
  readonly #options: OutboundOptions;
  readonly #tools: CodecTools;
  readonly #open: OpenConnections;
  readonly #tcp: TcpAcceptor;

  constructor(
    options: Omit<OutboundOptions, "enterTunnel">,
    tools: CodecTools,
    open: OpenConnections,
  ) {
    this.#options = {
      ...options,
      enterTunnel: (key, stream) => this.#enterTunnel(key, stream),
    };
    this.#tools = tools;
    this.#open = open;
    this.#tcp = new TcpAcceptor(options.tools, options.router);
  }

  // On the outbound listener.
  take(stream: ByteStream): void {
    this.#speak(stream, "");
  }

  // On the listener of a TCP dependency.
  takeTcp(stream: ByteStream, key: string): void {
    this.#open.add(
      (closed) => new TcpServerConnection(stream, key, this.#tcp, this.#tools, closed),
    );
  }

  #enterTunnel(key: string, downstream: DownstreamStream): RequestEvents {
    downstream.respond({ status: 200, headers: [], contentLength: -1 });
    const { stream, events } = tunnelStream(downstream, key);
    this.#speak(stream, key);
    return events;
  }

  #speak(stream: ByteStream, key: string): void {
    const acceptor = new OutboundAcceptor(this.#options, key);
    this.#open.add((closed) => new Http1ServerConnection(stream, acceptor, this.#tools, closed));
  }
}
