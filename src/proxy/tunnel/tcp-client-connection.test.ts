import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import { TcpClientConnection } from "./tcp-client-connection.ts";
import { CONNECT, Record, Rig } from "./test-rig.ts";

test("a connection carries one tunnel, and has no room for a second one", () => {
  const { rig, connection } = dialled();
  assert.deepEqual([connection.slotsFree, connection.slotsUsed], [1, 0]);
  connection.open(CONNECT, new Record());
  assert.deepEqual([connection.slotsFree, connection.slotsUsed], [0, 1]);
  connection.end();
  rig.far.end();
  rig.run();
  assert.deepEqual([connection.slotsFree, connection.slotsUsed], [0, 0]);
});

test("opening a tunnel answers later, and then carries bytes both ways", () => {
  const { rig, connection, owner } = dialled();
  const events = new Record();
  const stream = connection.open(CONNECT, events);
  assert.deepEqual(events.told, []);
  rig.run();
  assert.deepEqual(owner.told, ["draining"]);
  stream.write(Buffer.from("PING"));
  rig.send("+PONG");
  assert.deepEqual(events.told, ["head 200", "data +PONG"]);
  assert.deepEqual(rig.peer.told, ["data PING"]);
});

test("what a peer says first is heard when the tunnel is open, and not before", () => {
  const { rig, connection } = dialled();
  rig.send("220 mail.shop ESMTP");
  const events = new Record();
  connection.open(CONNECT, events);
  rig.run();
  assert.deepEqual(events.told, ["head 200", "data 220 mail.shop ESMTP"]);
});

test("a peer that speaks without end is read up to a read buffer while nobody listens", () => {
  const { rig, connection } = dialled();
  const piece = Buffer.alloc(LIMITS.readBufferBytes / 4);
  for (let i = 0; i < 8; i++) rig.far.write(piece);
  rig.run();
  const events = new Record();
  const stream = connection.open(CONNECT, events);
  stream.pause();
  rig.run();
  assert.deepEqual(events.told, ["head 200"]);
  stream.resume();
  rig.run();
  assert.equal(events.bytes, 8 * piece.length);
});

test("each direction ends for itself, and the connection when both have", () => {
  for (const isFarFirst of [true, false]) {
    const { rig, events, stream, owner } = opened();
    const endFar = () => rig.far.end();
    const endNear = () => stream.end();
    for (const end of isFarFirst ? [endFar, endNear] : [endNear, endFar]) {
      assert.deepEqual(owner.told, ["draining"]);
      end();
      rig.run();
    }
    assert.deepEqual(events.told, ["head 200", "end"]);
    assert.deepEqual(rig.peer.told, ["end", "closed"]);
    assert.deepEqual(owner.told, ["draining", "closed"]);
  }
});

test("a peer that resets fails the tunnel, and before its head it may be tried again", () => {
  const late = opened();
  late.rig.far.reset();
  late.rig.run();
  assert.deepEqual(late.events.told, ["head 200", "fail upstream-reset never"]);
  assert.deepEqual(late.owner.told, ["draining", "closed"]);
  const { rig, connection, owner } = dialled();
  rig.far.reset();
  const events = new Record();
  connection.open(CONNECT, events);
  rig.run();
  assert.deepEqual(events.told, ["fail upstream-reset always"]);
  assert.deepEqual(owner.told, ["closed"]);
});

test("cancelling resets the peer, and nothing follows", () => {
  const { rig, stream, events, owner } = opened();
  stream.cancel();
  stream.write(Buffer.from("x"));
  stream.end();
  rig.run();
  assert.deepEqual(events.told, ["head 200"]);
  assert.deepEqual(rig.peer.told, ["closed ECONNRESET"]);
  assert.deepEqual(owner.told, ["draining", "closed"]);
});

test("draining closes an idle connection and leaves an open tunnel alone", () => {
  const idle = dialled();
  idle.connection.drain();
  idle.rig.run();
  assert.deepEqual(idle.owner.told, ["closed"]);
  const { rig, connection, events } = opened();
  connection.drain();
  rig.send("still");
  assert.deepEqual(events.told, ["head 200", "data still"]);
  connection.destroy();
  rig.run();
  assert.equal(events.told.at(-1), "fail upstream-reset never");
});

test("an idle connection whose peer ends is given to nobody", () => {
  const { rig, connection, owner } = dialled();
  rig.far.end();
  rig.run();
  assert.equal(connection.slotsFree, 0);
  assert.deepEqual(owner.told, ["closed"]);
});

test("a peer that doesn't read stops the writer, and goes on when it has read", () => {
  const { rig, stream, events } = opened(LIMITS.writeBlockBytes);
  rig.far.pause();
  const chunk = Buffer.alloc(LIMITS.writeBlockBytes);
  stream.write(chunk);
  rig.run();
  assert.equal(stream.write(chunk), false);
  rig.far.resume();
  rig.run();
  assert.deepEqual(events.told, ["head 200", "drained"]);
});

test("whoever resumes twice hears what was held once", () => {
  const { rig, connection } = dialled();
  rig.send("220 mail.shop ESMTP");
  const events = new Record();
  const stream = connection.open(CONNECT, events);
  stream.pause();
  rig.run();
  stream.resume();
  stream.resume();
  rig.run();
  assert.deepEqual(events.told, ["head 200", "data 220 mail.shop ESMTP"]);
});

class Owner extends Record {
  slotsChanged(): void {
    this.told.push("slots changed");
  }

  draining(): void {
    this.told.push("draining");
  }
}

function dialled(highWaterBytes?: number) {
  const rig = new Rig(highWaterBytes);
  const owner = new Owner();
  const connection = new TcpClientConnection(rig.near, owner, rig.tools);
  return { rig, owner, connection };
}

function opened(highWaterBytes?: number) {
  const all = dialled(highWaterBytes);
  const events = new Record();
  const stream = all.connection.open(CONNECT, events);
  all.rig.run();
  return { ...all, events, stream };
}
