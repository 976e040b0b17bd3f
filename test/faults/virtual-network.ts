// A network without a kernel, in which dials may fail too. Ports alone say who is meant. The mesh
// has no TLS here: who dials is believed to be whom its network was made for.

import type { BoundListener } from "#proxy/pipeline/gateway/bind-gateway.ts";
import type { ArrivedStream } from "#proxy/pipeline/gateway/gateway-listen.ts";
import type { GatewayDoor, Network } from "#proxy/pipeline/network.ts";
import type { MeshPeer } from "#proxy/tls/mesh-peer.ts";
import type { ByteStream, DialFailure, Dialing, Target } from "#proxy/transport/byte-stream.ts";
import { type MemoryStream, memoryStreamPair } from "#proxy/transport/memory-stream.ts";
import type { Listener, ListenOn } from "#proxy/transport/net-listen.ts";
import type { Faults } from "./fault.ts";
import { FaultyStream } from "./faulty-stream.ts";
import type { VirtualTime } from "./virtual-time.ts";

// `alpn`: what the one who dials wants to speak.
type Accept = (far: MemoryStream, near: MemoryStream, peer: MeshPeer, alpn: string) => void;
type DialOutcome = {
  connected(stream: ByteStream, peer: MeshPeer): void;
  failed(failure: DialFailure): void;
};

const OUTSIDER = { address: "203.0.113.9", port: 50_000 };
const OUTSIDE: MeshPeer = { identity: "", notAfterMs: 0, chain: [] };
const NO_ALPN = "";
const HIGH_WATER_BYTES = 16 * 1024;

export class VirtualNetwork {
  // Ends that proxies hold, and dials under way.
  readonly open = new Set<FaultyStream>();
  dialling = 0;
  // Of proxies.
  listeners = 0;
  readonly #time: VirtualTime;
  readonly #faults: Faults;
  readonly #listening = new Map<number, Accept>();
  // Nobody answers there, and nobody refuses.
  readonly #silent = new Map<number, DialOutcome[]>();

  constructor(time: VirtualTime, faults: Faults) {
    this.#time = time;
    this.#faults = faults;
  }

  // As a proxy with this identity sees it.
  of(self: MeshPeer): Network {
    return {
      dial: (target, timeoutMs, events) => this.#dial(target, timeoutMs, events, self, NO_ALPN),
      meshDial:
        ({ alpn }) =>
        (target, _identities, timeoutMs, events) =>
          this.#dial(target, timeoutMs, events, self, alpn),
      // Its scenarios name addresses only, and speak no TLS to the outside.
      resolve: (_host, found) => found([], "there are no names here"),
      originDial: () => (target, _tls, _alpns, timeoutMs, events) =>
        this.#dial(target, timeoutMs, events, self, NO_ALPN),
      listen: (on, accept) => this.#listen(on, (far, near) => accept(this.#faulty(far, near))),
      meshListen: ({ on, onStream }) =>
        this.#listen(on, (far, near, peer, alpn) => onStream(this.#faulty(far, near), peer, alpn)),
      gatewayListener: (bound, { onStream }) => Promise.resolve(this.#door(bound, onStream)),
    };
  }

  // For those who are no proxies.
  accept(port: number, accept: (stream: MemoryStream) => void): void {
    this.#listening.set(port, accept);
  }

  connect(port: number): MemoryStream {
    const [near, far] = memoryStreamPair(this.#time.schedule, HIGH_WATER_BYTES);
    this.#listening.get(port)?.(far, near, OUTSIDE, NO_ALPN);
    return near;
  }

  silence(port: number): void {
    this.#silent.set(port, []);
  }

  // The dials that nobody answered yet, each with how it is answered after all.
  unanswered(port: number): readonly DialOutcome[] {
    return this.#silent.get(port)!.splice(0);
  }

  #listen({ address, port }: ListenOn, accept: Accept): Promise<Listener> {
    this.#listening.set(port, accept);
    this.listeners++;
    const close = (): void => {
      if (this.#listening.delete(port)) this.listeners--;
    };
    return Promise.resolve({ address, port, close });
  }

  // Without what a real one does before there is a stream: PROXY protocol and TLS.
  #door(bound: BoundListener, onStream: (arrived: ArrivedStream) => void): GatewayDoor {
    let inForce = bound;
    let listening: Listener | undefined;
    const accept: Accept = (far, near) =>
      onStream({ stream: this.#faulty(far, near), source: OUTSIDER, agreed: undefined });
    return {
      get bound() {
        return inForce;
      },
      open: async () => {
        listening = await this.#listen(bound.plan, accept);
      },
      replace(next) {
        inForce = next;
      },
      close: () => listening?.close(),
    };
  }

  #dial(
    target: Target,
    timeoutMs: number,
    outcome: DialOutcome,
    self: MeshPeer,
    alpn: string,
  ): Dialing {
    const silent = this.#silent.get(target.port);
    if (silent) {
      silent.push(outcome);
      return { cancel() {} };
    }
    this.dialling++;
    let isSettled = false;
    const settle = (act: () => void): void => {
      if (isSettled) return;
      isSettled = true;
      this.dialling--;
      act();
    };
    const refuse = (kind: DialFailure["kind"]) => () =>
      settle(() => outcome.failed({ kind, detail: "the test wants it so" }));
    const connect = () => settle(() => this.#connect(target, outcome, self, alpn));
    switch (this.#faults.next("dial")) {
      case "refused":
        this.#time.schedule(refuse("refused"));
        break;
      case "timeout":
        this.#time.after(timeoutMs, refuse("timeout"));
        break;
      case "slow":
        this.#time.after(timeoutMs - 1, connect);
        break;
      default:
        this.#time.schedule(connect);
    }
    return { cancel: () => settle(() => {}) };
  }

  #connect({ port }: Target, outcome: DialOutcome, self: MeshPeer, alpn: string): void {
    const accept = this.#listening.get(port);
    if (!accept) return outcome.failed({ kind: "refused", detail: "ECONNREFUSED" });
    const [near, far] = memoryStreamPair(this.#time.schedule, HIGH_WATER_BYTES);
    accept(far, near, self, alpn);
    outcome.connected(this.#faulty(near, far), self);
  }

  #faulty(near: MemoryStream, far: MemoryStream): FaultyStream {
    const stream = new FaultyStream([near, far], this.#faults, this.#time, (gone) => {
      this.open.delete(gone);
    });
    this.open.add(stream);
    return stream;
  }
}
