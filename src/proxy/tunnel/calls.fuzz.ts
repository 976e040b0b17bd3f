// Calls in any order, on both ends of a tunnel over plain bytes and on what peers do to them. The
// contract of exchanges holds all the while, and in the end nothing is left.

import assert from "node:assert/strict";
import type { Dice } from "#base/dice.fuzz.ts";
import type {
  DownstreamStream,
  ExchangeEvents,
  RequestEvents,
  UpstreamStream,
} from "#proxy/exchange/exchange.ts";
import type { ResponseHead } from "#proxy/exchange/heads.ts";
import { TcpClientConnection } from "./tcp-client-connection.ts";
import { TcpServerConnection } from "./tcp-server-connection.ts";
import { CONNECT, OPENED, Rig } from "./test-rig.ts";

const CALLS_MAX = 30;
const REFUSED: ResponseHead = { status: 503, headers: [], contentLength: 0 };
// From one byte to more than is read at once.
const SIZES = [1, 1, 100, 20_000, 70_000];

export function fuzzTcpUpstream(dice: Dice): void {
  const walk = new Walk(dice);
  const { rig } = walk;
  const owner = { slotsChanged() {}, draining() {}, closed: () => walk.noteClosed() };
  const connection = new TcpClientConnection(rig.near, owner, rig.tools);
  let stream: UpstreamStream | undefined;
  walk.go({
    open: () => {
      if (connection.slotsFree > 0) stream = connection.open(CONNECT, walk);
    },
    write: () => void stream?.write(walk.bytes()),
    end: () => stream?.end(),
    cancel: () => {
      if (!stream) return;
      stream.cancel();
      walk.isOver = true;
    },
    pause: () => stream?.pause(),
    resume: () => stream?.resume(),
    drain: () => connection.drain(),
    destroy: () => {
      if (dice.chance(0.1)) connection.destroy();
    },
  });
}

export function fuzzTcpDownstream(dice: Dice): void {
  const walk = new Walk(dice);
  const { rig } = walk;
  let stream: DownstreamStream | undefined;
  const acceptor = {
    request(_head: unknown, asked: DownstreamStream): RequestEvents {
      stream = asked;
      return walk;
    },
    refuse: () => REFUSED,
  };
  const closed = () => walk.noteClosed();
  const connection = new TcpServerConnection(rig.near, "a:1", acceptor, rig.tools, closed);
  walk.go({
    inform: () => stream?.inform(OPENED),
    respond: () => {
      const isOpened = dice.chance(0.9);
      stream?.respond(isOpened ? OPENED : REFUSED);
    },
    write: () => void stream?.write(walk.bytes()),
    end: () => stream?.end(),
    reset: () => {
      if (dice.chance(0.2)) connection.reset();
    },
    pause: () => stream?.pause(),
    resume: () => stream?.resume(),
    drain: () => connection.drain(),
    destroy: () => {
      if (dice.chance(0.1)) connection.destroy();
    },
  });
}

class Walk implements ExchangeEvents, RequestEvents {
  readonly #dice: Dice;
  readonly rig: Rig;
  // Nothing may follow.
  isOver = false;
  #hasEnded = false;
  #isInCall = false;
  #closed = 0;
  #calls: Readonly<Record<string, () => void>> = {};

  constructor(dice: Dice) {
    this.#dice = dice;
    this.rig = new Rig(dice.oneOf([1_000, 16_384, 65_536]));
  }

  bytes(): Buffer {
    return Buffer.alloc(this.#dice.oneOf(SIZES));
  }

  noteClosed(): void {
    assert.equal(++this.#closed, 1, "a connection closes once");
    this.isOver = true;
  }

  go(calls: Readonly<Record<string, () => void>>): void {
    this.#calls = calls;
    const dice = this.#dice;
    const { far } = this.rig;
    const all = [
      ...Object.values(calls),
      () => void far.write(this.bytes()),
      () => void far.write(this.bytes()),
      () => far.pause(),
      () => far.resume(),
      () => (dice.chance(0.2) ? far.end() : undefined),
      () => (dice.chance(0.1) ? far.reset() : undefined),
    ];
    for (let left = dice.below(CALLS_MAX); left > 0; left--) {
      this.#call(dice.oneOf(all));
      if (dice.chance(0.5)) this.rig.run();
    }
    far.destroy();
    this.rig.run();
    // Whoever is at the other end of the exchange hears of it, or has heard the end.
    this.#call(calls["destroy"]!);
    this.#call(() => this.rig.near.destroy());
    this.rig.run();
    assert.equal(this.#closed, 1, "a connection closes");
    assert.equal(this.rig.tools.deadlines.pending, 0, "a deadline is left");
  }

  inform(): void {}

  head(): void {
    this.#note("a head");
  }

  data(): void {
    this.#note("data");
    // As an exchange does whose other side is slow, or has had enough.
    const react = this.#dice.oneOf(["pause", "end", "destroy", "", "", "", "", ""]);
    this.#calls[react]?.();
  }

  end(): void {
    this.#note("an end");
    this.#hasEnded = true;
  }

  fail(): void {
    assert.ok(!this.isOver, "a failure after the end of all");
    this.isOver = true;
  }

  drained(): void {
    assert.ok(!this.isOver, "drained after the end of all");
  }

  #call(call: () => void): void {
    this.#isInCall = true;
    call();
    this.#isInCall = false;
  }

  #note(what: string): void {
    assert.ok(!this.#isInCall, `${what} from inside a call`);
    assert.ok(!this.isOver, `${what} after the end of all`);
    assert.ok(!this.#hasEnded, `${what} after the end`);
  }
}
