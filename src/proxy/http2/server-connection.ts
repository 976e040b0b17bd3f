// Hot path.
//
// The end of a connection that is asked.

import { Deadline } from "#base/deadlines.ts";
import type { Limits } from "#base/limits.ts";
import type { RequestAcceptor } from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import type { ByteStream } from "#proxy/transport/byte-stream.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import { Connection } from "./connection.ts";
import { type ConnectionLimits, connectionLimits, type PeerKind } from "./connection-limits.ts";
import type { ConnectionRole } from "./connection-role.ts";
import { Http2DownstreamStream } from "./downstream-stream.ts";
import { ERROR } from "./frame-types.ts";
import type { HpackDecoder } from "./hpack-decoder.ts";
import { requestHeadOf } from "./request-head.ts";

export class Http2ServerConnection implements ConnectionRole {
  readonly isServer = true;
  readonly limits: ConnectionLimits;
  readonly #connection: Connection;
  readonly #acceptor: RequestAcceptor;
  readonly #closed: () => void;
  readonly #idle: Deadline;
  // Came with the bytes that are read now: who takes them back at once costs nobody but us.
  readonly #fresh: (Http2DownstreamStream | undefined)[] = [];
  #freshCount = 0;
  #lastIdSeen = 0;

  constructor(
    stream: ByteStream,
    acceptor: RequestAcceptor,
    tools: CodecTools,
    closed: () => void,
    peers: PeerKind = "mesh",
  ) {
    this.limits = connectionLimits(tools.limits.current, peers);
    this.#acceptor = acceptor;
    this.#closed = closed;
    this.#connection = new Connection(stream, tools, this);
    this.#idle = new Deadline(() => this.#drainIfIdle());
    tools.deadlines.set(this.#idle, this.#connection.limits.downstreamIdleMs);
    this.#connection.start();
  }

  get streamsOpen(): number {
    return this.#connection.table.size;
  }

  get usage() {
    const { table, highestId } = this.#connection;
    return { begun: highestId, sharedBy: table.size };
  }

  // Says GOAWAY, finishes what is open, then closes.
  drain(): void {
    this.#connection.closing.announce();
  }

  destroy(): void {
    this.#connection.destroy();
  }

  // Ends what is open and not allowed any more.
  review(isAllowed: (head: RequestHead) => boolean, failure: Failure): void {
    for (const stream of this.#connection.table.all()) {
      if (!(stream instanceof Http2DownstreamStream)) continue;
      if (!isAllowed(stream.request)) stream.revoke(failure);
    }
  }

  // ---- ConnectionRole -----------------------------------------------------------------------

  opened(id: number, block: HpackDecoder, endsStream: boolean): void {
    const connection = this.#connection;
    // The peer learns from our GOAWAY that this one may be asked again elsewhere.
    if (connection.closing.isFinal) return connection.turnAway(id);
    if ((id + 1) / 2 >= this.limits.streamsTotalMax) this.drain();
    if (connection.table.size >= this.limits.streamsMax) {
      return connection.refuse(id, ERROR.refusedStream);
    }
    if (block.isTooLarge) {
      return this.#refuse(id, "head-too-large", tooLarge(block, connection.limits), endsStream);
    }
    const head = requestHeadOf(block.fields, endsStream);
    if (typeof head === "string") return this.#refuse(id, "malformed-request", head, endsStream);
    if (head.path.length > connection.limits.requestTargetBytesMax) {
      return this.#refuse(id, "head-too-large", "its path is too long", endsStream);
    }
    this.#accept(id, head, endsStream);
  }

  // Nothing that a client could want of us stops because it goes.
  goingAway(): void {}

  // Ours was the PING behind the first GOAWAY.
  pingAnswered(): void {
    this.#connection.closing.heard();
  }

  readEnded(): void {
    for (let i = 0; i < this.#freshCount; i++) {
      this.#fresh[i]!.begin();
      this.#fresh[i] = undefined;
    }
    this.#freshCount = 0;
  }

  settled(): void {}

  closed(): void {
    this.#connection.deadlines.clear(this.#idle);
    this.#closed();
  }

  #accept(id: number, head: RequestHead, endsStream: boolean): void {
    const stream = new Http2DownstreamStream(id, this.#connection, head, this.#acceptor);
    this.#connection.add(stream);
    if (endsStream) stream.enter("peer-ended");
    this.#fresh[this.#freshCount++] = stream;
  }

  // The acceptor counts it and knows what to say; then the stream is over.
  #refuse(id: number, code: Failure["code"], detail: string, endsStream: boolean): void {
    const failure: Failure = { code, side: "downstream", retry: "never", detail };
    const { status, headers } = this.#acceptor.refuse(failure);
    this.#connection.writer.headers(id, [":status", `${status}`], headers, true);
    const isMalformed = code === "malformed-request";
    if (isMalformed || !endsStream) {
      this.#connection.refuse(id, isMalformed ? ERROR.protocol : ERROR.none);
    } else {
      this.#connection.turnAway(id);
    }
  }

  // Looks back over a whole period instead of setting a deadline with each request.
  #drainIfIdle(): void {
    const { table, highestId, deadlines, limits } = this.#connection;
    if (table.size === 0 && highestId === this.#lastIdSeen) return this.drain();
    this.#lastIdSeen = highestId;
    deadlines.set(this.#idle, limits.downstreamIdleMs);
  }
}

function tooLarge(block: HpackDecoder, limits: Limits): string {
  return (
    `its head has more than ${limits.headersMax} fields or ${limits.headerListBytesMax} bytes` +
    ` (${block.fields.length} fields were read)`
  );
}
