// The application's connections to its own sidecar, whatever they speak.

import { readClientHello } from "#proxy/detection/client-hello.ts";
import { type DetectedProtocol, detectProtocol } from "#proxy/detection/detect-protocol.ts";
import { sniff } from "#proxy/detection/sniffing-stream.ts";
import type { DownstreamStream, RequestEvents } from "#proxy/exchange/exchange.ts";
import { Http1ServerConnection } from "#proxy/http1/server-connection.ts";
import { Http2ServerConnection } from "#proxy/http2/server-connection.ts";
import type { ByteStream } from "#proxy/transport/byte-stream.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import { TcpServerConnection } from "#proxy/tunnel/tcp-server-connection.ts";
import { tunnelStream } from "#proxy/tunnel/tunnel-stream.ts";
import type { OutboundPlan } from "#snapshot/plan.ts";
import { httpBeginning } from "./http-beginning.ts";
import type { OpenConnections } from "./open-connections.ts";
import { OutboundAcceptor, type OutboundOptions } from "./outbound-acceptor.ts";
import { TcpAcceptor } from "./tcp-acceptor.ts";
import { UndeclaredTunnel } from "./undeclared-tunnel.ts";
import { withUsage } from "./with-usage.ts";

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

  // On the outbound listener: HTTP/1, or HTTP/2 with prior knowledge. What says that it is another
  // protocol is closed without an answer that it would not understand; all else that is wrong the
  // HTTP/1 codec refuses.
  take(stream: ByteStream): void {
    this.#sniff(stream, httpBeginning, (verdict, replay) => {
      if (verdict === "foreign") return replay.destroy();
      this.#speak(verdict === "http2" ? "http2" : "http1", replay, "");
    });
  }

  // On a listener of its own: all is for `key`, whoever asks.
  takeDependency(stream: ByteStream, key: string): void {
    this.#options.router.whenKnown(key, (plan) => {
      if (plan) this.#takeFor(stream, key, plan);
      else this.takeTcp(stream, key); // which says why there is none
    });
  }

  takeTcp(stream: ByteStream, key: string): void {
    this.#carry(stream, key, this.#tcp);
  }

  #enterTunnel(key: string, downstream: DownstreamStream): RequestEvents {
    downstream.respond({ status: 200, headers: [], contentLength: -1 });
    const { stream, events } = tunnelStream(downstream, key);
    // What comes meanwhile the tunnel holds.
    this.#options.router.whenKnown(key, (plan) => this.#takeFor(stream, key, plan));
    return events;
  }

  #takeFor(stream: ByteStream, key: string, plan: OutboundPlan | undefined): void {
    switch (plan?.protocol) {
      case "tcp":
        return plan.readsServerName ? this.#takeTls(stream, key) : this.takeTcp(stream, key);
      case "detect":
        return this.#takeUndeclared(stream, key, plan);
      default:
        this.#detect(stream, key);
    }
  }

  // Who says something else, or nothing, is asked for no server.
  #takeTls(stream: ByteStream, key: string): void {
    let serverName = "";
    const decide = (bytes: Buffer): "read" | undefined => {
      const hello = readClientHello(bytes);
      if (hello === "more") return undefined;
      serverName = hello?.serverName ?? "";
      return "read";
    };
    const { tools, router } = this.#options;
    this.#sniff(stream, decide, (_, replay) =>
      this.#carry(replay, key, new TcpAcceptor(tools, router, serverName)),
    );
  }

  #carry(stream: ByteStream, key: string, acceptor: TcpAcceptor): void {
    this.#open.add((closed) => new TcpServerConnection(stream, key, acceptor, this.#tools, closed));
  }

  #takeUndeclared(stream: ByteStream, key: string, plan: OutboundPlan): void {
    this.#open.add(
      (closed) =>
        new UndeclaredTunnel(stream, {
          tools: this.#tools,
          lesson: this.#options.router.lessonOf(plan),
          carry: (carried) => this.takeTcp(carried, key),
          speak: (protocol, spoken) => this.#speak(protocol, spoken, key),
          closed,
        }),
    );
  }

  #detect(stream: ByteStream, key: string): void {
    let isSilent = true;
    const decide = (bytes: Buffer) => {
      isSilent = false;
      return knownProtocol(bytes);
    };
    this.#sniff(stream, decide, (verdict, replay) => {
      if (verdict === "http1" || verdict === "http2") this.#speak(verdict, replay, key);
      // It has left without asking for anything: a check whether somebody listens, most likely.
      else if (isSilent && verdict === "other") replay.destroy();
      else this.takeTcp(replay, key);
    });
  }

  #speak(protocol: "http1" | "http2", stream: ByteStream, key: string): void {
    const acceptor = new OutboundAcceptor(this.#options, key, protocol === "http2");
    const tools = this.#tools;
    this.#open.add((closed) =>
      protocol === "http2"
        ? new Http2ServerConnection(stream, acceptor, tools, closed, "outside")
        : withUsage(new Http1ServerConnection(stream, acceptor, tools, closed), acceptor),
    );
  }

  #sniff<Verdict>(
    stream: ByteStream,
    decide: (bytes: Buffer) => Verdict | undefined,
    done: (verdict: Verdict | "other" | "timeout", replay: ByteStream) => void,
  ): void {
    this.#open.add((closed) => {
      sniff(stream, this.#tools.deadlines, this.#tools.limits.current.sniffTimeoutMs, {
        decide,
        done(verdict, replay) {
          closed();
          done(verdict, replay);
        },
        closed,
      });
      // Nothing was asked yet.
      return { drain: () => stream.destroy(), retire() {}, destroy: () => stream.destroy() };
    });
  }
}

function knownProtocol(bytes: Buffer): DetectedProtocol | undefined {
  const detected = detectProtocol(bytes);
  return detected === "undecided" ? undefined : detected;
}
