import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import { splitsOf } from "./splits.ts";
import {
  answerOk,
  OK,
  OK_AND_CLOSE,
  type RecordedRequest,
  type RigOptions,
  ServerRig,
} from "./test-rig.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const UPGRADE =
  "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n" +
  "Sec-WebSocket-Version: 13\r\n\r\n";
const CONNECT = "CONNECT b:80 HTTP/1.1\r\nHost: b:80\r\n\r\n";
const SWITCHED =
  "HTTP/1.1 101 Switching Protocols\r\ndate: now\r\nconnection: upgrade\r\n" +
  "upgrade: websocket\r\n\r\n";
const CONNECTED = "HTTP/1.1 200 OK\r\ndate: now\r\n\r\n";
const WAITING: RigOptions = { ended: () => {} };
const OPENING: RigOptions = { ...WAITING, started: open };
const RESET: Failure = { code: "upstream-reset", side: "upstream", retry: "never", detail: "" };

test("a tunnel carries bytes both ways, however request and bytes were cut", () => {
  for (const [text, opened] of [
    [UPGRADE, SWITCHED],
    [CONNECT, CONNECTED],
  ] as const) {
    for (const parts of splitsOf(`${text}\0early`)) {
      const rig = new ServerRig(OPENING);
      for (const part of parts) rig.send(part.toString("latin1"));
      assert.equal(rig.requests.length, 1);
      assert.equal(rig.request.body, "\0early");
      rig.request.stream.write(Buffer.from("answer"));
      rig.run();
      assert.equal(rig.received, `${opened}answer`);
      assert.equal(rig.request.trailers, undefined);
    }
  }
});

test("an upgrade is told by its protocol, and its own headers pass through", () => {
  const rig = new ServerRig(OPENING);
  rig.send(UPGRADE);
  assert.deepEqual(rig.request.head, {
    method: "GET",
    scheme: "http",
    authority: "a",
    path: "/chat",
    headers: ["sec-websocket-version", "13"],
    contentLength: 0,
    upgrade: "websocket",
  });
});

test("an upgrade that is none, is unclear or is to HTTP itself makes an ordinary request", () => {
  const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
  const requests = [
    "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: a, b\r\n\r\n",
    `GET / HTTP/1.1\r\nHost: a\r\n${upgrade}Upgrade: websocket\r\n\r\n`,
    `POST / HTTP/1.1\r\nHost: a\r\n${upgrade}Content-Length: 2\r\n\r\nhi`,
    `POST / HTTP/1.1\r\nHost: a\r\n${upgrade}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n" +
      "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
  ];
  for (const text of requests) {
    const rig = new ServerRig();
    rig.send(text + GET);
    assert.equal(rig.received, OK + OK, text);
    assert.equal(rig.requests[0]!.head.upgrade, undefined);
    assert.deepEqual(rig.requests[0]!.head.headers, []);
  }
  const old = new ServerRig();
  old.send(`GET / HTTP/1.0\r\n${upgrade}\r\n`);
  assert.equal(old.request.head.upgrade, undefined);
  assert.equal(old.received, OK_AND_CLOSE);
});

test("early bytes wait for the answer, and past a bound in the kernel", () => {
  const rig = new ServerRig({ highWaterBytes: 1 });
  rig.send(UPGRADE);
  let sent = 0;
  for (; sent < 1_000_000 && rig.peer.write(Buffer.alloc(1024)); sent += 1024) rig.run();
  assert.ok(sent <= LIMITS.headBytesMax + 1024);
  assert.equal(rig.request.body, "");
  open(rig.request);
  assert.equal(rig.request.body, "", "no event from inside a call");
  rig.run();
  assert.equal(rig.request.body.length, sent + 1024);
  rig.send("more");
  assert.match(rig.request.body, /more$/);
});

test("early bytes for a tunnel that is refused reach nobody, and the connection ends", () => {
  for (const text of [UPGRADE, CONNECT]) {
    for (const isEarly of [true, false]) {
      const rig = new ServerRig({ started: isEarly ? answerOk403 : () => {} });
      rig.send(text + GET);
      if (!isEarly) answerOk403(rig.request);
      rig.send(GET);
      assert.equal(rig.requests.length, 1);
      assert.equal(rig.request.body, "");
      assert.match(rig.received, /^HTTP\/1.1 403 [\s\S]*connection: close\r\n\r\nno$/);
      assert.equal(rig.peerEnded, true);
    }
  }
});

test("after a refused CONNECT nothing more is read, whenever it comes", () => {
  const rig = new ServerRig({ started: answerOk403 });
  rig.send(CONNECT);
  rig.send(GET);
  assert.equal(rig.requests.length, 1);
  assert.match(rig.received, /connection: close\r\n\r\nno$/);
});

test("a WebSocket of a wrong version gets an answer that says so, and no tunnel", () => {
  const rig = new ServerRig(WAITING);
  rig.send(UPGRADE.replace("13", "7"));
  const { stream, head } = rig.request;
  assert.deepEqual(head.headers, ["sec-websocket-version", "7"]);
  const headers = ["date", "now", "sec-websocket-version", "13"];
  stream.respond({ status: 426, headers, contentLength: 2 });
  assert.equal(rig.request.trailers, undefined, "no event from inside a call");
  rig.run();
  assert.deepEqual(rig.request.trailers, [], "the request was an ordinary one");
  stream.write(Buffer.from("no"));
  stream.end();
  rig.run();
  assert.match(rig.take(), /^HTTP\/1.1 426 [\s\S]*content-length: 2\r\n\r\nno$/);
  rig.send("\x81\x05hello");
  assert.equal(rig.requests.length, 1);
  assert.match(rig.received, /^HTTP\/1.1 400 /);
});

test("after an upgrade that was refused the connection goes on", () => {
  const rig = new ServerRig({ started: answerOk });
  rig.send(UPGRADE);
  rig.send(GET);
  assert.equal(rig.received, OK + OK);
  assert.deepEqual(
    rig.requests.map(({ trailers }) => trailers),
    [[], []],
  );
});

test("each direction of a tunnel ends for itself, and the connection with both", () => {
  const peerFirst = new ServerRig(OPENING);
  peerFirst.send(UPGRADE);
  peerFirst.peer.end();
  peerFirst.run();
  assert.deepEqual([peerFirst.request.trailers, peerFirst.peerEnded], [[], false]);
  peerFirst.request.stream.write(Buffer.from("late"));
  peerFirst.request.stream.end();
  const weFirst = new ServerRig(OPENING);
  weFirst.send(UPGRADE);
  weFirst.request.stream.end();
  weFirst.run();
  assert.deepEqual([weFirst.request.trailers, weFirst.peerEnded], [undefined, true]);
  weFirst.send("late");
  weFirst.peer.end();
  for (const rig of [peerFirst, weFirst]) {
    rig.run();
    assert.deepEqual([rig.request.trailers, rig.request.failure], [[], undefined]);
    assert.deepEqual([rig.peerEnded, rig.peerClosed, rig.closed], [true, "", 1]);
    assert.equal(rig.tools.deadlines.pending, 0);
  }
  assert.equal(peerFirst.received, `${SWITCHED}late`);
  assert.equal(weFirst.request.body, "late");
});

test("a peer that ends its direction before the tunnel opens has ended it when it does", () => {
  const rig = new ServerRig(WAITING);
  rig.send(`${CONNECT}early`);
  rig.peer.end();
  rig.run();
  assert.equal(rig.request.failure, undefined);
  open(rig.request);
  assert.equal(rig.request.trailers, undefined, "no event from inside a call");
  rig.run();
  assert.deepEqual([rig.request.body, rig.request.trailers], ["early", []]);
});

test("a tunnel that is reset looks broken to its peer, even after our direction has ended", () => {
  for (const hasEnded of [false, true]) {
    const rig = new ServerRig(OPENING);
    rig.send(UPGRADE);
    if (hasEnded) rig.request.stream.end();
    rig.run();
    rig.request.stream.reset(RESET);
    rig.run();
    assert.equal(rig.peerClosed, "ECONNRESET");
    assert.equal(rig.request.failure, undefined);
    assert.equal(rig.closed, 1);
  }
});

test("an HTTP/1.0 answer that only the end of the connection ends looks broken when reset", () => {
  const rig = new ServerRig(WAITING);
  rig.send("GET / HTTP/1.0\r\n\r\n");
  rig.request.stream.respond({ status: 200, headers: [], contentLength: -1 });
  rig.run();
  rig.request.stream.reset(RESET);
  rig.run();
  assert.equal(rig.peerClosed, "ECONNRESET");
});

test("a tunnel whose peer resets it, or that we destroy, fails once", () => {
  for (const breakIt of [
    (rig: ServerRig) => rig.peer.reset(),
    (rig: ServerRig) => rig.connection.destroy(),
  ]) {
    const rig = new ServerRig(OPENING);
    rig.send(UPGRADE);
    rig.request.stream.end();
    breakIt(rig);
    rig.run();
    assert.equal(rig.request.failure?.code, "downstream-reset");
    assert.equal(rig.request.trailers, undefined);
    assert.equal(rig.closed, 1);
  }
});

test("a tunnel takes no more than its sides do, in both directions", () => {
  const rig = new ServerRig({ started: open, highWaterBytes: 1000 });
  rig.send(UPGRADE);
  const { stream } = rig.request;
  rig.peer.pause();
  stream.write(Buffer.alloc(2000));
  rig.run();
  assert.equal(stream.write(Buffer.alloc(1)), false);
  rig.peer.resume();
  rig.run();
  assert.equal(rig.request.drains, 1);
  stream.end();
  stream.pause();
  rig.send("held");
  assert.equal(rig.request.body, "");
  stream.resume();
  rig.run();
  assert.equal(rig.request.body, "held");
});

test("a silent tunnel stays, however long, and so does one while the connection drains", () => {
  const rig = new ServerRig(OPENING);
  rig.send(UPGRADE);
  rig.connection.drain();
  rig.advance(10 * LIMITS.downstreamIdleMs);
  rig.send("still there");
  assert.equal(rig.request.body, "still there");
  assert.equal(rig.closed, 0);
});

function open({ head, stream }: RecordedRequest): void {
  const status = head.upgrade === undefined ? 200 : 101;
  stream.respond({ status, headers: ["date", "now"], contentLength: -1 });
}

function answerOk403({ stream }: RecordedRequest): void {
  stream.respond({ status: 403, headers: ["date", "now"], contentLength: 2 });
  stream.write(Buffer.from("no"));
  stream.end();
}
