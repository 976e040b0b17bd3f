// The open mesh connections of this proxy, in both directions: none outlives the certificates that
// it was made with, nor the trust in them.

import type { Clock } from "#base/clock.ts";
import { Deadline, type Deadlines } from "#base/deadlines.ts";
import type { Log } from "#base/log.ts";
import type { CredentialSlot } from "#proxy/tls/credential-slot.ts";
import type { MeshPeer } from "#proxy/tls/mesh-peer.ts";
import { reverify } from "#proxy/tls/reverify.ts";
import type { OpenConnection } from "./open-connections.ts";

type Open = {
  readonly connection: OpenConnection;
  readonly peer: MeshPeer;
  readonly expiry: Deadline;
};

export class MeshConnections {
  readonly #clock: Clock;
  readonly #deadlines: Deadlines;
  readonly #slot: CredentialSlot;
  readonly #log: Log;
  readonly #open = new Set<Open>();

  constructor(clock: Clock, deadlines: Deadlines, slot: CredentialSlot, log: Log) {
    this.#clock = clock;
    this.#deadlines = deadlines;
    this.#slot = slot;
    this.#log = log;
  }

  get count(): number {
    return this.#open.size;
  }

  // Returns what to call when it has closed.
  add(connection: OpenConnection, peer: MeshPeer): () => void {
    const expiry = new Deadline(() => connection.destroy());
    const open = { connection, peer, expiry };
    const notAfterMs = Math.min(peer.notAfterMs, this.#slot.current!.notAfterMs);
    this.#deadlines.set(expiry, Math.max(0, notAfterMs - this.#clock.wallMs()));
    this.#open.add(open);
    return () => {
      this.#open.delete(open);
      this.#deadlines.clear(expiry);
    };
  }

  drain(): void {
    for (const { connection } of [...this.#open]) connection.drain();
  }

  // After a change of trust: whoever is not believed any more is cut off at once.
  reverify(trustPem: readonly string[]): void {
    for (const { connection, peer } of [...this.#open]) {
      const reason = reverify(peer.chain, trustPem, this.#clock.wallMs());
      if (reason === undefined) continue;
      this.#log.warn("Closing a connection whose peer is not trusted any more", {
        peer: peer.identity,
        reason,
      });
      connection.destroy();
    }
  }
}
