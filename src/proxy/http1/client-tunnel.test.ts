import assert from "node:assert/strict";
import { test } from "node:test";
import type { UpstreamStream } from "#proxy/exchange/exchange.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import { splitsOf } from "./splits.ts";
import { ClientRig, RecordedAnswer, requestHead } from "./test-rig.ts";

const UPGRADE = requestHead({ path: "/chat", upgrade: "websocket" });
const CONNECT = requestHead({ method: "CONNECT", authority: "b:80", path: "" });
const SWITCHED =
  "HTTP/1.1 101 Switching Protocols\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n" +
  "Sec-WebSocket-Accept: x\r\n\r\n";
const CONNECTED = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";

test("an upgrade is asked for with Connection and Upgrade and no framing", () => {
  const { rig } = ask(
    requestHead({ method: "POST", headers: ["te", "trailers"], upgrade: "spdy/3.1" }),
  );
  assert.equal(
    rig.received,
    "POST / HTTP/1.1\r\nhost: ratings:8080\r\nte: trailers\r\n" +
      "connection: te, upgrade\r\nupgrade: spdy/3.1\r\n\r\n",
  );
});

test("a WebSocket is asked for with a key, also for who speaks HTTP/2 and sent none", () => {
  assert.match(ask(UPGRADE).rig.received, /\r\nsec-websocket-key: [\w+/]{22}==\r\n/);
});

test("CONNECT is sent in authority form", () => {
  const { rig } = ask({ ...CONNECT, contentLength: -1 });
  assert.equal(rig.received, "CONNECT b:80 HTTP/1.1\r\nhost: b:80\r\n\r\n");
});

test("a tunnel carries bytes both ways, however answer and bytes were cut", () => {
  for (const [head, answerText, status] of [
    [UPGRADE, SWITCHED, 101],
    [UPGRADE, `HTTP/1.1 103 x\r\n\r\n${SWITCHED}`, 101],
    [CONNECT, CONNECTED, 200],
  ] as const) {
    for (const parts of splitsOf(`${answerText}\0first`)) {
      const { rig, answer, stream } = ask(head);
      for (const part of parts) rig.send(part.toString("latin1"));
      assert.deepEqual([answer.answer?.status, answer.answer?.contentLength], [status, -1]);
      assert.equal(answer.body, "\0first");
      rig.take();
      stream.write(Buffer.from("raw"));
      rig.run();
      assert.equal(rig.received, "raw");
      assert.deepEqual([answer.trailers, answer.failure], [undefined, undefined]);
      assert.deepEqual([rig.told, rig.connection.slotsFree], [["draining"], 0]);
    }
  }
});

test("the headers of the protocol itself pass through", () => {
  const { rig, answer } = ask({ ...UPGRADE, headers: ["sec-websocket-key", "k"] });
  rig.send(SWITCHED);
  assert.deepEqual(answer.answer?.headers, ["sec-websocket-accept", "x"]);
});

test("the answer to a key that was made here goes no further", () => {
  const { rig, answer } = ask(UPGRADE);
  rig.send(SWITCHED.replace("\r\n\r\n", "\r\nSec-WebSocket-Protocol: chat\r\n\r\n"));
  assert.deepEqual(answer.answer?.headers, ["sec-websocket-protocol", "chat"]);
});

test("a 101 that was not asked for, or is to something else, fails its exchange", () => {
  const cases: [RequestHead, string][] = [
    [requestHead(), SWITCHED],
    [CONNECT, SWITCHED],
    [UPGRADE, SWITCHED.replace("WebSocket", "h2c")],
    [UPGRADE, SWITCHED.replace("WebSocket", "websocket, tls/1.0")],
    [UPGRADE, SWITCHED.replace("Upgrade: WebSocket\r\n", "")],
    [UPGRADE, SWITCHED.replace("Connection: keep-alive, Upgrade\r\n", "")],
    [UPGRADE, SWITCHED.replace("1.1", "1.0")],
    [UPGRADE, SWITCHED.replace("\r\n\r\n", "\r\nContent-Length: 3\r\n\r\n")],
    [UPGRADE, SWITCHED.replace("\r\n\r\n", "\r\nTransfer-Encoding: chunked\r\n\r\n")],
  ];
  for (const [head, text] of cases) {
    const { rig, answer } = ask(head);
    rig.send(`${text}HTTP/1.1 200 OK\r\n\r\n`);
    assert.equal(answer.failure?.code, "upstream-malformed", text);
    assert.deepEqual([answer.answer, answer.body, answer.failure?.retry], [undefined, "", "never"]);
    assert.deepEqual(rig.told, ["closed"]);
  }
});

test("any other answer is an ordinary one, opens nothing, and the connection is used again", () => {
  for (const [head, status] of [
    [UPGRADE, 200],
    [UPGRADE, 426],
    [CONNECT, 403],
  ] as const) {
    const { rig, answer, stream } = ask(head);
    rig.take();
    rig.send(`HTTP/1.1 ${status} x\r\nContent-Length: 2\r\n\r\nn`);
    assert.equal(stream.write(Buffer.from("GET / HTTP/1.1\r\n\r\n")), true);
    rig.send("o");
    assert.deepEqual([answer.answer?.status, answer.body, answer.trailers], [status, "no", []]);
    assert.equal(rig.received, "", "what was meant for a tunnel goes nowhere");
    assert.deepEqual([rig.told, rig.connection.slotsFree], [["slots"], 1]);
    const next = new RecordedAnswer();
    rig.connection.open(requestHead(), next).end();
    rig.run();
    rig.send(SWITCHED);
    assert.equal(next.failure?.code, "upstream-malformed");
  }
});

test("bytes behind an answer that opens no tunnel end the connection", () => {
  const { rig, answer } = ask(UPGRADE);
  rig.send("HTTP/1.1 426 x\r\nContent-Length: 0\r\n\r\n\x81\x05hello");
  assert.deepEqual([answer.body, answer.trailers], ["", []]);
  assert.deepEqual(rig.told, ["closed"]);
});

test("each direction of a tunnel ends for itself, and the connection with both", () => {
  const peerFirst = opened();
  peerFirst.rig.peer.end();
  peerFirst.rig.run();
  assert.deepEqual([peerFirst.answer.trailers, peerFirst.rig.told], [[], ["draining"]]);
  peerFirst.stream.write(Buffer.from("late"));
  peerFirst.stream.end();
  const weFirst = opened();
  weFirst.stream.end();
  weFirst.rig.run();
  assert.deepEqual([weFirst.answer.trailers, weFirst.rig.peerEnded], [undefined, true]);
  weFirst.rig.send("late");
  weFirst.rig.peer.end();
  for (const { rig, answer } of [peerFirst, weFirst]) {
    rig.run();
    assert.deepEqual([answer.trailers, answer.failure], [[], undefined]);
    assert.deepEqual([rig.peerEnded, rig.peerClosed], [true, ""]);
    assert.deepEqual(rig.told, ["draining", "closed"]);
    assert.equal(rig.tools.deadlines.pending, 0);
  }
  assert.equal(peerFirst.rig.received, "late");
  assert.equal(weFirst.answer.body, "late");
});

test("a direction that was ended before the answer ends when the tunnel opens", () => {
  const { rig, answer, stream } = ask(UPGRADE);
  stream.end();
  rig.run();
  assert.equal(rig.peerEnded, false);
  rig.send(`${SWITCHED}hello`);
  assert.deepEqual([rig.peerEnded, answer.body, answer.failure], [true, "hello", undefined]);
});

test("a tunnel that breaks fails once, whichever of its directions are over", () => {
  for (const end of [(_: Opened) => {}, ({ stream }: Opened) => stream.end()]) {
    const tunnel = opened();
    end(tunnel);
    tunnel.rig.peer.reset();
    tunnel.rig.run();
    const { failure, trailers } = tunnel.answer;
    assert.deepEqual([failure?.code, failure?.retry], ["upstream-reset", "never"]);
    assert.equal(trailers, undefined);
    assert.deepEqual(tunnel.rig.told, ["draining", "closed"]);
  }
});

test("a tunnel that is cancelled looks broken to the upstream, and no event follows", () => {
  for (const end of [(_: Opened) => {}, ({ stream }: Opened) => stream.end()]) {
    const tunnel = opened();
    end(tunnel);
    tunnel.rig.run();
    tunnel.stream.cancel();
    tunnel.rig.run();
    assert.equal(tunnel.rig.peerClosed, "ECONNRESET");
    assert.deepEqual([tunnel.answer.failure, tunnel.answer.trailers], [undefined, undefined]);
    assert.deepEqual(tunnel.rig.told, ["draining", "closed"]);
  }
});

test("a tunnel takes no more than its sides do, in both directions", () => {
  const { rig, answer, stream } = opened(1000);
  rig.peer.pause();
  stream.write(Buffer.alloc(2000));
  rig.run();
  assert.equal(stream.write(Buffer.alloc(1)), false);
  rig.peer.resume();
  rig.run();
  assert.equal(answer.drains, 1);
  stream.end();
  stream.pause();
  rig.send("held");
  assert.equal(answer.body, "");
  stream.resume();
  rig.run();
  assert.equal(answer.body, "held");
});

test("nothing may be written into a tunnel before it is open", () => {
  const { stream } = ask(UPGRADE);
  assert.throws(() => stream.write(Buffer.from("early")), /before it is open/);
});

type Opened = {
  readonly rig: ClientRig;
  readonly answer: RecordedAnswer;
  readonly stream: UpstreamStream;
};

function opened(highWaterBytes?: number): Opened {
  const tunnel = ask(UPGRADE, highWaterBytes);
  tunnel.rig.send(SWITCHED);
  tunnel.rig.take();
  return tunnel;
}

function ask(head: RequestHead, highWaterBytes?: number): Opened {
  const rig = new ClientRig(highWaterBytes === undefined ? {} : { highWaterBytes });
  const answer = new RecordedAnswer();
  const stream = rig.connection.open(head, answer);
  rig.run();
  return { rig, answer, stream };
}
