import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import { TcpServerConnection } from "./tcp-server-connection.ts";
import { CONNECT, OPENED, RecordingAcceptor, Rig } from "./test-rig.ts";

test("a connection asks for a tunnel to what it was dialled for", () => {
  const { acceptor } = connected();
  assert.deepEqual(acceptor.head, CONNECT);
});

test("bytes that come before the answer are held, and follow it in a later turn", () => {
  const { rig, acceptor } = connected();
  rig.send("early ");
  rig.send("bird");
  assert.deepEqual(acceptor.events.told, []);
  acceptor.stream!.respond(OPENED);
  assert.deepEqual(acceptor.events.told, []);
  rig.run();
  rig.send(" and late");
  assert.deepEqual(acceptor.events.told, ["data early bird and late"]);
});

test("an open tunnel carries bytes both ways", () => {
  const { rig, acceptor } = opened();
  acceptor.stream!.write(Buffer.from("+PONG"));
  rig.send("PING");
  assert.deepEqual(rig.peer.told, ["data +PONG"]);
  assert.deepEqual(acceptor.events.told, ["data PING"]);
});

test("while nobody has answered, no more than a read buffer is read", () => {
  const { rig, acceptor } = connected();
  const piece = Buffer.alloc(LIMITS.readBufferBytes / 4);
  for (let i = 0; i < 8; i++) rig.far.write(piece);
  rig.run();
  acceptor.stream!.respond(OPENED);
  acceptor.stream!.pause();
  rig.run();
  assert.equal(acceptor.events.bytes, 0);
  acceptor.stream!.resume();
  // Of what was held, and then of what was left with the kernel.
  rig.run();
  assert.equal(acceptor.events.bytes, 8 * piece.length);
});

test("any answer that opens no tunnel resets the connection", () => {
  for (const status of [101, 301, 403, 503]) {
    const { rig, acceptor, closed } = connected();
    rig.send("held");
    acceptor.stream!.respond({ status, headers: [], contentLength: 4 });
    acceptor.stream!.write(Buffer.from("why?"));
    acceptor.stream!.end();
    rig.run();
    assert.deepEqual(rig.peer.told, ["closed ECONNRESET"]);
    assert.deepEqual(acceptor.events.told, []);
    assert.equal(closed(), 1);
  }
});

test("each direction ends for itself, and the exchange when both have", () => {
  for (const isFarFirst of [true, false]) {
    const { rig, acceptor, closed } = opened();
    const { stream } = acceptor;
    const endFar = () => rig.far.end();
    const endNear = () => stream!.end();
    for (const end of isFarFirst ? [endFar, endNear] : [endNear, endFar]) {
      assert.equal(closed(), 0);
      end();
      rig.run();
    }
    assert.deepEqual(acceptor.events.told, ["end"]);
    assert.deepEqual(rig.peer.told, ["end", "closed"]);
    assert.equal(closed(), 1);
  }
});

test("an asker that ends before it is answered has ended when the tunnel opens", () => {
  const { rig, acceptor } = connected();
  rig.far.write(Buffer.from("QUIT"));
  rig.far.end();
  rig.run();
  acceptor.stream!.respond(OPENED);
  rig.run();
  assert.deepEqual(acceptor.events.told, ["data QUIT", "end"]);
  acceptor.stream!.write(Buffer.from("bye"));
  acceptor.stream!.end();
  rig.run();
  assert.deepEqual(rig.peer.told, ["data bye", "end", "closed"]);
});

test("an asker that breaks off fails the exchange, asked or open", () => {
  for (const isOpen of [false, true]) {
    const { rig, acceptor, closed } = isOpen ? opened() : connected();
    rig.far.reset();
    rig.run();
    assert.deepEqual(acceptor.events.told, ["fail downstream-reset never"]);
    assert.equal(closed(), 1);
    acceptor.stream!.write(Buffer.from("x"));
    acceptor.stream!.end();
    rig.run();
    assert.equal(acceptor.events.told.length, 1);
  }
});

test("a tunnel that can't be finished is reset", () => {
  const { rig, acceptor, closed } = opened();
  acceptor.stream!.write(Buffer.from("half a"));
  acceptor.stream!.reset({ code: "upstream-reset", side: "upstream", retry: "never", detail: "" });
  rig.run();
  assert.equal(rig.peer.told.at(-1), "closed ECONNRESET");
  assert.deepEqual(acceptor.events.told, []);
  assert.equal(closed(), 1);
});

test("an asker that doesn't read stops the writer, and goes on when it has read", () => {
  const { rig, acceptor } = opened(LIMITS.writeBlockBytes);
  rig.far.pause();
  const chunk = Buffer.alloc(LIMITS.writeBlockBytes);
  assert.equal(acceptor.stream!.write(chunk), true);
  rig.run();
  assert.equal(acceptor.stream!.write(chunk), false);
  rig.run();
  assert.deepEqual(acceptor.events.told, []);
  rig.far.resume();
  rig.run();
  assert.deepEqual(acceptor.events.told, ["drained"]);
});

test("a tunnel reads nothing while it is paused", () => {
  const { rig, acceptor } = opened();
  acceptor.stream!.pause();
  rig.send("waits");
  rig.far.end();
  rig.run();
  assert.deepEqual(acceptor.events.told, []);
  acceptor.stream!.resume();
  rig.run();
  assert.deepEqual(acceptor.events.told, ["data waits", "end"]);
});

test("draining leaves an open tunnel alone, destroying it fails the exchange", () => {
  const { rig, acceptor, connection, closed } = opened();
  connection.drain();
  rig.send("still");
  connection.destroy();
  rig.run();
  assert.deepEqual(acceptor.events.told, ["data still", "fail downstream-reset never"]);
  assert.equal(rig.peer.told.at(-1), "closed ECONNRESET");
  assert.equal(closed(), 1);
});

function connected(highWaterBytes?: number) {
  const rig = new Rig(highWaterBytes);
  const acceptor = new RecordingAcceptor();
  let closes = 0;
  const connection = new TcpServerConnection(
    rig.near,
    "redis.shop:6379",
    acceptor,
    rig.tools,
    () => {
      closes++;
    },
  );
  rig.run();
  return { rig, acceptor, connection, closed: () => closes };
}

function opened(highWaterBytes?: number) {
  const all = connected(highWaterBytes);
  all.acceptor.stream!.respond(OPENED);
  all.rig.run();
  return all;
}
