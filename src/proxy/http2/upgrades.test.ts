// Tunnels that we ask for: when an upgrade may be asked at all, and how its answer is read.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import { memoryStreamPair } from "#proxy/transport/memory-stream.ts";
import { Http2ClientConnection } from "./client-connection.ts";
import { ERROR, FRAME, SETTING } from "./frame-types.ts";
import { HpackDecoder } from "./hpack-decoder.ts";
import { frame, notes, type RawPeer, rawUpstream, settings, settle, uint32 } from "./raw-peer.ts";
import { Http2ServerConnection } from "./server-connection.ts";
import { codecTools, echo, GET } from "./test-tools.ts";

const TUNNEL = { ...GET, contentLength: -1 };
const CONNECT: RequestHead = { ...TUNNEL, method: "CONNECT", authority: "db:5432", path: "" };
const WEBSOCKET: RequestHead = { ...TUNNEL, path: "/chat", upgrade: "websocket" };
const TAKES_UPGRADES = settings(SETTING.enableConnect, 1);

test("a tunnel flows both ways, each until its end, and never with trailers", async () => {
  const { connection, peer } = rawUpstream([TAKES_UPGRADES]);
  await settle();
  const log: string[] = [];
  const stream = connection.open(WEBSOCKET, notes(log));
  await settle();
  assert.deepEqual(fieldsOf(peer, 1), [
    ...[":method", "CONNECT", ":protocol", "websocket", ":scheme", "http"],
    ...[":path", "/chat", ":authority", "catalog:8080"],
  ]);
  peer.send(frame(FRAME.headers, 4, 1, peer.block(":status", "200")));
  peer.send(frame(FRAME.data, 1, 1, Buffer.from("hello")));
  await settle();
  assert.deepEqual(log, ["head 101", "data 5", "end"]);
  stream.write(Buffer.from("still here"));
  await settle();
  stream.end(["x-sum", "1"]);
  await settle();
  assert.deepEqual(
    peer.of(FRAME.data).map(({ flags, payload }) => [flags, `${payload}`]),
    [
      [0, "still here"],
      [1, ""],
    ],
  );
  assert.equal(connection.slotsUsed, 0);
});

test("CONNECT needs nobody's leave, and any 2xx opens it, whatever length it claims", async () => {
  const { connection, peer } = rawUpstream([]);
  const log: string[] = [];
  connection.open(CONNECT, notes(log));
  peer.send(settings());
  await settle();
  assert.deepEqual(fieldsOf(peer, 1), [":method", "CONNECT", ":authority", "db:5432"]);
  peer.send(frame(FRAME.headers, 4, 1, peer.block(":status", "204", "content-length", "1")));
  peer.send(frame(FRAME.data, 0, 1, Buffer.from("more than one")));
  await settle();
  assert.deepEqual(log, ["head 204", "data 13"]);
});

test("an answer that opens nothing is an ordinary one", async () => {
  const { connection, peer } = rawUpstream([TAKES_UPGRADES]);
  await settle();
  const log: string[] = [];
  connection.open(WEBSOCKET, notes(log)).end();
  peer.send(frame(FRAME.headers, 4, 1, peer.block(":status", "403", "content-length", "2")));
  peer.send(frame(FRAME.data, 0, 1, Buffer.from("no")));
  peer.send(frame(FRAME.headers, 5, 1, peer.block("x-sum", "1")));
  await settle();
  assert.deepEqual(log, ["head 403", "data 2", "end x-sum 1"]);
});

test("an upgrade waits for the peer's SETTINGS, and other requests go ahead of it", async () => {
  const { connection, peer } = rawUpstream([]);
  const log: string[] = [];
  const stream = connection.open(WEBSOCKET, notes(log));
  assert.deepEqual([connection.slotsUsed, connection.slotsFree], [1, 99]);
  assert.equal(stream.write(Buffer.from("early")), false);
  connection.open(GET, notes([])).end();
  await settle();
  assert.equal(peer.of(FRAME.headers).length, 1);
  peer.send(TAKES_UPGRADES);
  await settle();
  assert.deepEqual(log, ["drained"]);
  assert.deepEqual([peer.of(FRAME.headers, 3).length, connection.slotsUsed], [1, 2]);
  assert.equal(`${peer.of(FRAME.data, 3)[0]!.payload}`, "early");
  stream.end();
  await settle();
  assert.equal(peer.of(FRAME.data, 3).at(-1)!.flags, 1);
});

test("an upgrade that the peer doesn't announce fails for good, and nothing is sent", async () => {
  const { connection, peer, told } = rawUpstream([]);
  const log: string[] = told;
  connection.open(WEBSOCKET, notes(log));
  peer.send(settings());
  await settle();
  connection.open(WEBSOCKET, notes(log));
  assert.equal(log.filter((line) => line.startsWith("fail")).length, 1, "not from inside open");
  await settle();
  assert.deepEqual(
    log.filter((line) => line.startsWith("fail")),
    ["fail connect-unsupported never", "fail connect-unsupported never"],
  );
  assert.equal(log.at(-1), "slotsChanged");
  assert.deepEqual([peer.of(FRAME.headers).length, connection.slotsUsed], [0, 0]);
});

test("an upgrade that waits may be tried elsewhere when its connection has no room", async () => {
  const ends: readonly ((peer: RawPeer) => void)[] = [
    (peer) => peer.destroy(),
    (peer) => peer.send(settings(SETTING.streamsMax, 0, SETTING.enableConnect, 1)),
    (peer) => peer.send(TAKES_UPGRADES, frame(FRAME.goAway, 0, 0, uint32(0, 0))),
    (peer) => peer.send(frame(FRAME.ping, 0, 0, Buffer.alloc(8))),
  ];
  for (const end of ends) {
    const { connection, peer } = rawUpstream([]);
    const log: string[] = [];
    connection.open(WEBSOCKET, notes(log));
    end(peer);
    await settle();
    assert.deepEqual(log, ["fail upstream-reset always"]);
    assert.equal(connection.slotsUsed, 0);
  }
});

test("an upgrade that is cancelled while it waits is never asked for", async () => {
  const { connection, peer, told } = rawUpstream([]);
  const log: string[] = [];
  const stream = connection.open(WEBSOCKET, notes(log));
  stream.cancel();
  stream.cancel();
  assert.equal(stream.write(Buffer.from("x")), true);
  await settle();
  assert.deepEqual([connection.slotsUsed, told], [0, ["slotsChanged"]]);
  peer.send(TAKES_UPGRADES);
  await settle();
  assert.deepEqual([log, peer.of(FRAME.headers).length], [[], 0]);
});

test("a connection that drains still asks for the upgrade that it has taken", async () => {
  const { connection, peer } = rawUpstream([]);
  const log: string[] = [];
  connection.open(WEBSOCKET, notes(log)).end();
  connection.drain();
  await settle();
  peer.send(TAKES_UPGRADES);
  await settle();
  assert.ok(!peer.hasEnded);
  peer.send(frame(FRAME.headers, 5, 1, peer.block(":status", "200")));
  await settle();
  assert.deepEqual(log, ["head 101", "end"]);
  assert.ok(peer.hasEnded);
});

test("extended CONNECT is announced as 0 or 1, and never taken back", async () => {
  for (const frames of [
    [settings(SETTING.enableConnect, 2)],
    [TAKES_UPGRADES, settings(SETTING.enableConnect, 0)],
  ]) {
    const { peer } = rawUpstream(frames);
    await settle();
    assert.deepEqual(peer.errors, [`goaway 0: ${ERROR.protocol}`]);
  }
});

test("our two ends open a tunnel between them, and it echoes", async () => {
  const [near, far] = memoryStreamPair();
  const opening = {
    ...echo,
    request(head: RequestHead, stream: Parameters<typeof echo.request>[1]) {
      stream.respond({ status: 101, headers: [], contentLength: -1 });
      assert.equal(head.upgrade, "websocket");
      return {
        data: (chunk: Uint8Array) => void stream.write(chunk),
        end: () => stream.end(),
        fail() {},
        drained() {},
      };
    },
  };
  new Http2ServerConnection(far, opening, codecTools(), () => {});
  const owner = { slotsChanged() {}, draining() {}, closed() {} };
  const connection = new Http2ClientConnection(near, owner, codecTools());
  const log: string[] = [];
  const stream = connection.open(WEBSOCKET, notes(log));
  await settle();
  stream.write(Buffer.from("ping"));
  await settle();
  stream.end();
  await settle();
  assert.deepEqual(log, ["head 101", "data 4", "end"]);
});

// Of the first head that was sent.
function fieldsOf(peer: RawPeer, id: number): string[] {
  const decoder = new HpackDecoder(LIMITS);
  const { payload } = peer.of(FRAME.headers, id)[0]!;
  decoder.decode(payload, 0, payload.length);
  return decoder.fields.flatMap(({ name, value }) => [name, value]);
}
