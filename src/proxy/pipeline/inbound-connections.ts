// The connections of peers to our mesh port, whichever of its two protocols they speak. What comes
// on them is authorised once, at its start; after a change of the inbound plan what is still open
// is looked at again.

import { Deadline } from "#base/deadlines.ts";
import { asksForTunnel, type RequestHead } from "#proxy/exchange/heads.ts";
import { Http2ServerConnection } from "#proxy/http2/server-connection.ts";
import type { MeshPeer } from "#proxy/tls/mesh-peer.ts";
import type { ByteStream } from "#proxy/transport/byte-stream.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import { HBONE_ALPN } from "./alpn.ts";
import { HboneAcceptor } from "./hbone/hbone-acceptor.ts";
import { InboundAcceptor, type InboundOptions } from "./inbound-acceptor.ts";
import type { MeshConnections } from "./mesh-connections.ts";
import type { OpenConnections } from "./open-connections.ts";
import { PORT_REVOKED } from "./proxy-failures.ts";
import { remoteAddress } from "./remote-address.ts";

type Open = {
  readonly connection: Http2ServerConnection;
  readonly acceptor: InboundAcceptor | HboneAcceptor;
};

export class InboundConnections {
  readonly #options: InboundOptions;
  readonly #tools: CodecTools;
  readonly #requests: OpenConnections;
  readonly #connections: MeshConnections;
  readonly #open = new Set<Open>();
  // A request that the old plan took may finish; one that is still there now is a long stream.
  readonly #patience = new Deadline(() => this.#review(() => true));

  constructor(
    options: InboundOptions,
    tools: CodecTools,
    requests: OpenConnections,
    connections: MeshConnections,
  ) {
    this.#options = options;
    this.#tools = tools;
    this.#requests = requests;
    this.#connections = connections;
  }

  take(stream: ByteStream, peer: MeshPeer, alpn: string): void {
    const address = remoteAddress(stream);
    const known = { identity: peer.identity, address };
    const acceptor =
      alpn === HBONE_ALPN
        ? new HboneAcceptor(this.#options, known)
        : new InboundAcceptor(this.#options, known);
    this.#requests.add((closed) => {
      const connection = new Http2ServerConnection(stream, acceptor, this.#tools, () => {
        this.#open.delete(open);
        forget();
        closed();
      });
      const open = { connection, acceptor };
      this.#open.add(open);
      const forget = this.#connections.add(connection, peer);
      return connection;
    });
  }

  // The inbound plan has changed: tunnels that it does not allow end now, requests after a while.
  reauthorise(): void {
    this.#review(asksForTunnel);
    this.#tools.deadlines.set(this.#patience, this.#tools.limits.current.drainGraceMs);
  }

  close(): void {
    this.#tools.deadlines.clear(this.#patience);
  }

  #review(concerns: (head: RequestHead) => boolean): void {
    for (const { connection, acceptor } of [...this.#open]) {
      connection.review((head) => !concerns(head) || acceptor.allows(head), PORT_REVOKED);
    }
  }
}
