// Hot path.
//
// The end of a connection that asks.

import assert from "node:assert/strict";
import type {
  ConnectionOwner,
  ExchangeEvents,
  UpstreamConnection,
  UpstreamStream,
} from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import type { ByteStream } from "#proxy/transport/byte-stream.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import { Connection } from "./connection.ts";
import { type ConnectionLimits, connectionLimits } from "./connection-limits.ts";
import type { ConnectionRole } from "./connection-role.ts";
import { DeferredUpgrade } from "./deferred-upgrade.ts";
import { errorName, STREAM_ID_MAX } from "./frame-types.ts";
import { KeepAlive } from "./keep-alive.ts";
import { Http2UpstreamStream } from "./upstream-stream.ts";

const UNSENT: Failure = {
  code: "upstream-reset",
  side: "upstream",
  retry: "always",
  detail: "The connection had no room for the upgrade when it could have been asked for",
};
const NO_UPGRADES: Failure = {
  code: "connect-unsupported",
  side: "upstream",
  retry: "never",
  detail: "The peer's SETTINGS don't announce extended CONNECT, so it can't be asked to upgrade",
};

export class Http2ClientConnection implements UpstreamConnection, ConnectionRole {
  readonly protocol = "http2";
  readonly isServer = false;
  readonly limits: ConnectionLimits;
  readonly #connection: Connection;
  readonly #owner: ConnectionOwner;
  readonly #keepAlive: KeepAlive;
  // Upgrades that wait for the peer's first SETTINGS.
  #deferred: DeferredUpgrade[] = [];
  #nextId = 1;
  #isDraining = false;
  #isLeft = false;
  #isClosed = false;

  constructor(stream: ByteStream, owner: ConnectionOwner, tools: CodecTools) {
    this.#owner = owner;
    this.limits = connectionLimits(tools.limits.current, "mesh");
    this.#connection = new Connection(stream, tools, this);
    this.#keepAlive = new KeepAlive(this.#connection);
    this.#connection.start();
  }

  get slotsFree(): number {
    const { settings, table, closing, writer, limits } = this.#connection;
    if (this.#isDraining || !closing.isOpen) return 0;
    // What is opened and cancelled while the peer doesn't read would pile up.
    if (writer.framesUnread > limits.controlFramesQueuedMax) return 0;
    const most = Math.min(settings.streamsMax, limits.streamsPerConnectionMax);
    return Math.max(0, most - table.size - this.#deferred.length);
  }

  get slotsUsed(): number {
    return this.#connection.table.size + this.#deferred.length;
  }

  // The peer speaks HTTP/2, it has said so.
  get isAnswered(): boolean {
    return this.#connection.settings.hasCome;
  }

  get streamsOpen(): number {
    return this.#connection.table.size;
  }

  get isReused(): boolean {
    return this.#connection.hasServed;
  }

  open(head: RequestHead, events: ExchangeEvents): UpstreamStream {
    assert.ok(this.slotsFree > 0, "a full connection was asked for a stream");
    const isKnown = head.upgrade === undefined || this.#connection.settings.takesTunnels;
    return isKnown ? this.#begin(head, events) : this.#defer(head, events);
  }

  #begin(head: RequestHead, events: ExchangeEvents): UpstreamStream {
    const connection = this.#connection;
    const isOnIdle = connection.hasServed && connection.table.size === 0;
    const id = this.#nextId;
    this.#nextId += 2;
    const stream = new Http2UpstreamStream(id, connection, head, events, connection, isOnIdle);
    connection.add(stream);
    stream.writeHead();
    this.#keepAlive.watch();
    if (this.#nextId > STREAM_ID_MAX) this.#leave();
    return stream;
  }

  drain(): void {
    this.#isDraining = true;
    this.#connection.streamsChanged();
  }

  destroy(): void {
    this.#isDraining = true;
    this.#connection.destroy();
  }

  // ---- ConnectionRole -----------------------------------------------------------------------

  opened(): void {
    assert.fail("a server opens no streams");
  }

  readEnded(): void {}

  // What is above its last id was never looked at: RFC 9113 §6.8.
  goingAway(lastId: number, code: number): void {
    const detail = `the peer is going away: ${errorName(code)}`;
    // First, or who tries again at once is given this connection.
    this.#leave();
    for (const stream of this.#connection.table.all()) {
      if (stream.id > lastId) stream.fail("lost", "always", detail);
    }
  }

  pingAnswered(): void {}

  settled(): void {
    if (this.#isClosed) return;
    this.#settleDeferred();
    this.#closeIfDone();
    // Something went wrong: whoever keeps us should look for another.
    if (!this.#connection.isReading && !this.#isDraining) this.#leave();
    this.#owner.slotsChanged();
  }

  closed(): void {
    this.#settleDeferred();
    this.#isClosed = true;
    this.#keepAlive.stop();
    this.#owner.closed();
  }

  #leave(): void {
    const isFirst = !this.#isDraining;
    this.#isDraining = true;
    this.#isLeft = true;
    this.#connection.streamsChanged();
    if (isFirst) this.#connection.later.add(() => !this.#isClosed && this.#owner.draining());
  }

  #defer(head: RequestHead, events: ExchangeEvents): UpstreamStream {
    const cancelled = (): void => {
      this.#deferred = this.#deferred.filter((other) => other !== upgrade);
      this.#connection.streamsChanged();
    };
    const upgrade = new DeferredUpgrade(head, events, cancelled, this.#connection.blocks);
    this.#deferred.push(upgrade);
    this.#connection.streamsChanged();
    return upgrade;
  }

  #settleDeferred(): void {
    const { settings, isReading, table } = this.#connection;
    if (this.#deferred.length === 0 || (isReading && !settings.hasCome)) return;
    const deferred = this.#deferred;
    this.#deferred = [];
    for (const upgrade of deferred) {
      if (!isReading || this.#isLeft || table.size >= settings.streamsMax) upgrade.fail(UNSENT);
      else if (!settings.takesTunnels) upgrade.fail(NO_UPGRADES);
      else upgrade.begin(this.#begin(upgrade.head, upgrade.events));
    }
  }

  #closeIfDone(): void {
    const { closing } = this.#connection;
    if (!this.#isDraining || this.slotsUsed > 0 || !closing.isOpen) return;
    closing.settle();
    closing.linger();
  }
}
