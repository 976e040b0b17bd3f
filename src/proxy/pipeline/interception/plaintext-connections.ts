// Intercepted connections that come for the application without mutual TLS, whatever they speak.
// What the plan takes from nobody is told so in HTTP, and reset where it is no HTTP. After a change
// of the plan what is still open is looked at again.

import { Deadline } from "#base/deadlines.ts";
import { LIMITS } from "#base/limits.ts";
import type { Log } from "#base/log.ts";
import { PortLessons } from "#proxy/detection/port-lessons.ts";
import { Http1ServerConnection } from "#proxy/http1/server-connection.ts";
import { Http2ServerConnection } from "#proxy/http2/server-connection.ts";
import type { OpenConnection, OpenConnections } from "#proxy/pipeline/open-connections.ts";
import { remoteAddress } from "#proxy/pipeline/remote-address.ts";
import { sniffProtocol } from "#proxy/pipeline/sniff-protocol.ts";
import { UndeclaredTunnel } from "#proxy/pipeline/undeclared-tunnel.ts";
import { withUsage } from "#proxy/pipeline/with-usage.ts";
import type { ByteStream, Target } from "#proxy/transport/byte-stream.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import { TcpServerConnection } from "#proxy/tunnel/tcp-server-connection.ts";
import { isForProxy } from "./is-for-proxy.ts";
import { PlaintextAcceptor, type PlaintextOptions } from "./plaintext-acceptor.ts";
import { PlaintextPort } from "./plaintext-port.ts";
import { PlaintextTunnels } from "./plaintext-tunnels.ts";
import { targetText } from "./target-text.ts";

export type PlaintextConnectionsOptions = PlaintextOptions & {
  readonly codecs: CodecTools;
  readonly open: OpenConnections;
  readonly log: Log;
  // The workload's own: from there it calls itself.
  readonly addresses: readonly string[];
};

type Open = {
  readonly port: PlaintextPort;
  readonly connection: OpenConnection;
  readonly isTunnel: boolean;
};

const LOOPBACK = ["127.0.0.1", "::1"];

export class PlaintextConnections {
  readonly #options: PlaintextConnectionsOptions;
  readonly #lessons: PortLessons;
  readonly #own: readonly string[];
  readonly #open = new Set<Open>();
  // A request that the old plan took may finish; one that is still there now is a long one.
  readonly #patience = new Deadline(() => this.#review((open) => open.connection.destroy()));
  #loggedMs = Number.NEGATIVE_INFINITY;

  constructor(options: PlaintextConnectionsOptions) {
    this.#options = options;
    this.#lessons = new PortLessons(options.codecs.clock);
    this.#own = [...options.addresses, ...LOOPBACK];
  }

  // `original`: where the asker meant to go.
  take(stream: ByteStream, original: Target): void {
    const address = remoteAddress(stream);
    const { inbound } = this.#options;
    const port = new PlaintextPort(inbound, original.port, address, this.#own.includes(address));
    const { protocol } = port;
    if (protocol === undefined) return this.#turnAway(stream, original);
    if (!port.isPermitted) this.#logRefusal(address, original);
    if (protocol === "tcp") return this.#carry(stream, port);
    if (protocol === "detect" && port.isPermitted) return this.#takeUndeclared(stream, port);
    this.#detect(stream, port, protocol !== "detect");
  }

  // The inbound plan has changed: bytes that it does not take end now, requests after a while.
  reauthorise(): void {
    this.#review(({ connection, isTunnel }) => {
      if (isTunnel) connection.destroy();
      else connection.drain();
    });
    const { deadlines, limits } = this.#options.codecs;
    deadlines.set(this.#patience, limits.current.drainGraceMs);
  }

  close(): void {
    this.#options.codecs.deadlines.clear(this.#patience);
  }

  #review(end: (open: Open) => void): void {
    for (const open of [...this.#open]) if (!open.port.isPermitted) end(open);
  }

  #detect(stream: ByteStream, port: PlaintextPort, isHttp: boolean): void {
    sniffProtocol(stream, this.#options, isHttp, {
      speak: (protocol, replay) => this.#speak(protocol, replay, port),
      carry: (replay) => this.#carry(replay, port),
    });
  }

  #takeUndeclared(stream: ByteStream, port: PlaintextPort): void {
    const { codecs, open } = this.#options;
    const name = { namespace: "", name: "", port: port.number };
    open.add(
      (closed) =>
        new UndeclaredTunnel(stream, {
          tools: codecs,
          lesson: this.#lessons.of(String(port.number), name),
          carry: (carried) => this.#carry(carried, port),
          speak: (protocol, spoken) => this.#speak(protocol, spoken, port),
          ...{ isForProxy, closed },
        }),
    );
  }

  #speak(protocol: "http1" | "http2", stream: ByteStream, port: PlaintextPort): void {
    const { codecs } = this.#options;
    const acceptor = new PlaintextAcceptor(this.#options, port, protocol === "http2");
    this.#keep(port, false, (closed) =>
      protocol === "http2"
        ? new Http2ServerConnection(stream, acceptor, codecs, closed, "outside")
        : withUsage(new Http1ServerConnection(stream, acceptor, codecs, closed), acceptor),
    );
  }

  #carry(stream: ByteStream, port: PlaintextPort): void {
    const { inbound, codecs } = this.#options;
    const acceptor = new PlaintextTunnels(inbound.tools, port);
    const key = String(port.number);
    const make = (closed: () => void) =>
      new TcpServerConnection(stream, key, acceptor, codecs, closed);
    this.#keep(port, true, make);
  }

  #keep(port: PlaintextPort, isTunnel: boolean, make: (closed: () => void) => OpenConnection) {
    this.#options.open.add((closed) => {
      const connection = make(() => {
        this.#open.delete(open);
        closed();
      });
      const open = { port, connection, isTunnel };
      this.#open.add(open);
      return connection;
    });
  }

  // Nobody gets to such a port; what was asked, and in which protocol, isn't looked at.
  #turnAway(stream: ByteStream, original: Target): void {
    this.#warn("Refused a connection to a port that nobody gets to", {
      ...{ from: stream.remote, to: targetText(original) },
    });
    stream.attach({ data() {}, ended() {}, drained() {}, closed() {} });
    stream.reset();
  }

  #logRefusal(from: string, original: Target): void {
    this.#warn("Refused a connection without mutual TLS", {
      ...{ from, to: targetText(original), connection_security_policy: "none" },
    });
  }

  // Whoever tries again and again must not fill the log; the counters have them all.
  #warn(message: string, fields: Readonly<Record<string, string>>): void {
    const { codecs, log } = this.#options;
    const nowMs = codecs.clock.nowMs();
    if (nowMs - this.#loggedMs < LIMITS.refusalLogMs) return;
    this.#loggedMs = nowMs;
    log.warn(message, fields);
  }
}
