// Connections from outside the mesh, once their peer is known: what they speak, and how they end.

import type { Clock } from "#base/clock.ts";
import { type ClientHello, readClientHello } from "#proxy/detection/client-hello.ts";
import { sniff } from "#proxy/detection/sniffing-stream.ts";
import { Http1ServerConnection } from "#proxy/http1/server-connection.ts";
import { Http2ServerConnection } from "#proxy/http2/server-connection.ts";
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
import { httpBeginning } from "./http-beginning.ts";
import { OpenConnections } from "./open-connections.ts";
import { TcpAcceptor } from "./tcp-acceptor.ts";

export type GatewayConnectionsOptions = Omit<GatewayAcceptorOptions, "isDraining"> & {
  readonly codecs: CodecTools;
  readonly counters: GatewayCounters;
};

type Unserved = ClientHello | "garbage" | "other" | "timeout";

const POLL_MS = 20;

export class GatewayConnections {
  readonly #options: GatewayConnectionsOptions;
  readonly #acceptors: GatewayAcceptorOptions;
  readonly #tcp: TcpAcceptor;
  readonly #open = new OpenConnections();
  #isDraining = false;

  constructor(options: GatewayConnectionsOptions) {
    this.#options = options;
    this.#acceptors = { ...options, isDraining: () => this.#isDraining };
    this.#tcp = new TcpAcceptor(options.tools, options.router);
  }

  get count(): number {
    return this.#open.count;
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
        return this.#sniff(stream, httpBeginning, (verdict, replay) => {
          if (verdict === "foreign") return replay.destroy();
          this.#speak(verdict === "http2" ? "http2" : "http1", slot, replay, arrived);
        });
    }
  }

  // Patience first: whoever asks meanwhile is told with the answer that it is the last one. Closing
  // what only seems idle would lose the request that is on its way there.
  async drain(clock: Clock, graceMs: number, arriving: () => number): Promise<void> {
    this.#isDraining = true;
    const patienceMs = Math.min(graceMs, this.#options.codecs.limits.current.drainPatienceMs);
    const untilMs = clock.nowMs() + patienceMs;
    while (this.count + arriving() > 0 && clock.nowMs() < untilMs) {
      await new Promise<void>((resolve) => void clock.after(POLL_MS, resolve));
    }
    await this.#open.drain(clock, graceMs - patienceMs);
  }

  #speak(
    protocol: "http1" | "http2",
    slot: ListenerSlot,
    stream: ByteStream,
    { source }: ArrivedStream,
  ): void {
    const { codecs } = this.#options;
    const acceptor = new GatewayAcceptor(this.#acceptors, slot, clientAddress(source));
    this.#open.add((closed) => {
      const connection =
        protocol === "http2"
          ? new Http2ServerConnection(stream, acceptor, codecs, closed, "outside")
          : new Http1ServerConnection(stream, acceptor, codecs, closed);
      acceptor.serves(connection);
      return connection;
    });
  }

  #passThrough(slot: ListenerSlot, stream: ByteStream): void {
    this.#sniff<Exclude<Unserved, "other" | "timeout">>(stream, whichHello, (verdict, replay) => {
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
    });
  }

  #tunnel(stream: ByteStream, key: string): void {
    const { codecs } = this.#options;
    this.#open.add((closed) => new TcpServerConnection(stream, key, this.#tcp, codecs, closed));
  }

  #sniff<Verdict>(
    stream: ByteStream,
    decide: (bytes: Buffer) => Verdict | undefined,
    done: (verdict: Verdict | "other" | "timeout", replay: ByteStream) => void,
  ): void {
    this.#open.add((closed) => {
      const { deadlines, limits } = this.#options.codecs;
      sniff(stream, deadlines, limits.current.sniffTimeoutMs, {
        decide,
        done(verdict, replay) {
          closed();
          done(verdict, replay);
        },
        closed,
      });
      // Nothing was asked yet.
      return { drain: () => stream.destroy(), destroy: () => stream.destroy() };
    });
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
