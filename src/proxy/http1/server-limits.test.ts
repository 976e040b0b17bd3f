import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import { answerOk, OK, OK_AND_CLOSE, ServerRig } from "./test-rig.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const POST_HEAD = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n";

test("malformed input is answered once with close, and reaches nobody", () => {
  const heads = {
    "GET / HTTP/1.1\r\n\r\n": 400,
    "GET / HTTP/2.0\r\n\r\n": 505,
    "\x16\x03\x01\x00": 400,
    [`GET /${"a".repeat(LIMITS.headBytesMax)}`]: 431,
    "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n": 501,
  };
  for (const [head, status] of Object.entries(heads)) {
    const rig = new ServerRig();
    rig.send(head + GET);
    rig.send(GET);
    assert.equal(rig.requests.length, 0);
    assert.equal(rig.refused.length, 1);
    assert.match(rig.received, new RegExp(`^HTTP/1.1 ${status} [\\s\\S]*content-length: 0\r\n`));
    assert.match(rig.received, /connection: close\r\n\r\n$/);
    assert.equal(rig.peerEnded, true);
  }
});

test("malformed input behind good requests is answered after them", () => {
  const rig = new ServerRig({ ended: () => {} });
  rig.send(`${GET}BAD\r\n\r\n${GET}`);
  assert.equal(rig.refused.length, 0);
  answerOk(rig.request);
  rig.run();
  assert.match(
    rig.received,
    /^HTTP\/1.1 200 [\s\S]*HTTP\/1.1 400 [\s\S]*connection: close\r\n\r\n$/,
  );
  assert.equal(rig.requests.length, 1);
});

test("a malformed body fails its request and is answered once", () => {
  const head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  const unanswered = new ServerRig();
  unanswered.send(`${head}2\r\nhi\r\nzz\r\n${GET}`);
  assert.equal(unanswered.request.failure?.code, "malformed-request");
  assert.match(
    unanswered.received,
    /^HTTP\/1.1 400 [\s\S]*weft-cause: malformed-request[\s\S]*close/,
  );
  assert.equal(unanswered.requests.length, 1);
  assert.equal(unanswered.refused.length, 0);
  const answering = new ServerRig({
    started: ({ stream }) => stream.respond({ status: 200, headers: [], contentLength: -1 }),
  });
  answering.send(`${head}zz\r\n`);
  assert.equal(answering.request.failure?.code, "malformed-request");
  assert.doesNotMatch(answering.received, /0\r\n\r\n$/);
  assert.equal(answering.closed, 1);
});

test("a head has to come in time, from the first connection on", () => {
  const silent = new ServerRig();
  silent.advance(LIMITS.headTimeoutMs + 20);
  assert.equal(silent.received, "");
  assert.equal(silent.peerEnded, true);
  const slow = new ServerRig();
  for (let i = 0; i < 9; i++) {
    slow.send(GET[i]!);
    slow.advance(LIMITS.headTimeoutMs / 10);
  }
  assert.equal(slow.refused.length, 0);
  slow.advance(LIMITS.headTimeoutMs / 10 + 20);
  assert.equal(slow.refused[0]?.code, "head-timeout");
  assert.match(slow.received, /^HTTP\/1.1 408 /);
  slow.advance(LIMITS.lingerMs + 20);
  assert.equal(slow.closed, 1);
  assert.equal(slow.tools.deadlines.pending, 0);
});

test("a later head has its own time, from its first byte on", () => {
  const rig = new ServerRig();
  rig.send(GET);
  rig.advance(LIMITS.headTimeoutMs * 2);
  rig.send("GET ");
  rig.advance(LIMITS.headTimeoutMs - 20);
  rig.send(GET.slice(4));
  assert.equal(rig.take(), OK + OK);
  rig.advance(LIMITS.downstreamIdleMs + 20);
  assert.equal(rig.peerEnded, true);
  assert.equal(rig.received, "");
});

test("an open exchange has no deadline of the connection's", () => {
  const rig = new ServerRig({ ended: () => {} });
  rig.send(GET);
  rig.advance(LIMITS.downstreamIdleMs * 2);
  answerOk(rig.request);
  rig.run();
  assert.equal(rig.received, OK);
});

test("draining finishes what is open and closes what is idle", () => {
  const idle = new ServerRig();
  idle.send(GET);
  idle.connection.drain();
  idle.run();
  assert.equal(idle.peerEnded, true);
  const open = new ServerRig({ ended: () => {} });
  open.send(GET);
  open.connection.drain();
  open.run();
  assert.equal(open.peerEnded, false);
  answerOk(open.request);
  open.run();
  assert.equal(open.received, OK_AND_CLOSE);
  const halfway = new ServerRig();
  halfway.send(GET.slice(0, 5));
  halfway.connection.drain();
  halfway.send(GET.slice(5));
  assert.equal(halfway.received, OK_AND_CLOSE);
});

test("what is pipelined behind an open exchange is bounded by pausing", () => {
  const rig = new ServerRig({ ended: () => {}, highWaterBytes: 64 * 1024 });
  rig.send(GET);
  let writes = 1;
  while (writes < 100 && rig.peer.write(Buffer.alloc(16 * 1024, GET))) {
    writes++;
    rig.run();
  }
  // 32 KiB kept, 64 KiB unread in the stream.
  assert.equal(writes, 6);
  assert.equal(rig.requests.length, 1);
});

test("a peer that fetches no answers gets no further requests answered", () => {
  const rig = new ServerRig({ highWaterBytes: 16 * 1024 });
  rig.peer.pause();
  for (let i = 0; i < 20; i++) rig.send(GET.repeat(200));
  const answered = rig.requests.length;
  assert.ok(answered < 1500, `${answered} requests were answered`);
  rig.peer.resume();
  rig.run();
  assert.equal(rig.requests.length, 4000);
  assert.equal(rig.received, OK.repeat(4000));
});

test("a write is refused while the peer reads nothing, and drained once it reads again", () => {
  const rig = new ServerRig({ ended: () => {}, highWaterBytes: 1000 });
  rig.send(GET);
  rig.peer.pause();
  const { stream } = rig.request;
  stream.respond({ status: 200, headers: [], contentLength: -1 });
  stream.write(Buffer.alloc(2000));
  rig.run();
  assert.equal(stream.write(Buffer.alloc(1)), false);
  assert.equal(rig.request.drains, 0);
  rig.peer.resume();
  rig.run();
  assert.equal(rig.request.drains, 1);
  assert.equal(stream.write(Buffer.alloc(1)), true);
});

test("a body that nobody takes stops the peer, and resuming lets it go on", () => {
  const rig = new ServerRig({ started: ({ stream }) => stream.pause(), ended: () => {} });
  rig.send(POST_HEAD);
  rig.send("a".repeat(1000));
  assert.equal(rig.request.body, "");
  rig.request.stream.resume();
  rig.run();
  assert.equal(rig.request.body.length, 1000);
});

test("the rest of a request that was answered early is read, and the connection goes on", () => {
  const rig = new ServerRig({ started: answerOk, ended: () => {} });
  rig.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc");
  assert.equal(rig.take(), OK);
  rig.send(`def${GET}`);
  assert.equal(rig.requests[0]!.body, "abcdef");
  assert.deepEqual(rig.requests[0]!.trailers, []);
  assert.equal(rig.received, OK);
});

test("a long rest of a request that was answered early ends the connection", () => {
  const rig = new ServerRig({ started: answerOk, ended: () => {} });
  rig.send(POST_HEAD);
  for (let i = 0; i < 9; i++) rig.send("a".repeat(LIMITS.requestBytesDroppedMax / 8));
  assert.equal(rig.received, OK);
  assert.equal(rig.peerEnded, true);
  assert.equal(rig.request.failure?.code, "downstream-reset");
  rig.advance(LIMITS.lingerMs + 20);
  assert.equal(rig.closed, 1);
});

test("a rest that never comes ends the connection, too", () => {
  const rig = new ServerRig({ started: answerOk, ended: () => {} });
  rig.send(POST_HEAD);
  rig.advance(LIMITS.lingerMs + 20);
  assert.equal(rig.peerEnded, true);
  assert.equal(rig.request.failure?.code, "downstream-reset");
  rig.advance(LIMITS.lingerMs + 20);
  assert.equal(rig.closed, 1);
  assert.equal(rig.tools.deadlines.pending, 0);
});
