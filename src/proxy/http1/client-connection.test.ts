import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import { splitsOf } from "./splits.ts";
import { ClientRig, RecordedAnswer, requestHead } from "./test-rig.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

test("a request without a body is its head, with the authority as Host", () => {
  const rig = new ClientRig();
  const headers = ["accept", "*/*", "te", "trailers"];
  rig.connection.open(requestHead({ path: "/a?b", headers }), new RecordedAnswer()).end();
  rig.run();
  assert.equal(
    rig.received,
    "GET /a?b HTTP/1.1\r\nhost: ratings:8080\r\naccept: */*\r\nte: trailers\r\n" +
      "connection: te\r\n\r\n",
  );
});

test("a body goes out with its length, or in chunks with trailers", () => {
  const send = (contentLength: number) => {
    const rig = new ClientRig();
    const head = requestHead({ method: "POST", contentLength });
    const stream = rig.connection.open(head, new RecordedAnswer());
    if (contentLength !== 0) stream.write(Buffer.from("hello"));
    stream.end(["x-t", "1"]);
    rig.run();
    return rig.received.replace("POST / HTTP/1.1\r\nhost: ratings:8080\r\n", "");
  };
  assert.equal(send(0), "content-length: 0\r\n\r\n");
  assert.equal(send(5), "content-length: 5\r\n\r\nhello");
  assert.equal(send(-1), "transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nx-t: 1\r\n\r\n");
});

test("an answer is the same however it was cut, and the connection is used again", () => {
  const answers = [
    "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    "HTTP/1.1 103 x\r\nLink: a\r\n\r\nHTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n" +
      "2\r\nhe\r\n3;x\r\nllo\r\n0\r\nX-T: 1\r\n\r\n",
  ];
  for (const text of answers) {
    for (const parts of splitsOf(text)) {
      const rig = new ClientRig();
      const answer = ask(rig);
      for (const part of parts) rig.send(part.toString("latin1"));
      assert.deepEqual(answer.informs[0]?.headers, ["link", "a"]);
      assert.equal(answer.answer?.status, 200);
      assert.equal(answer.body, "hello");
      assert.deepEqual(answer.trailers, text.includes("X-T") ? ["x-t", "1"] : []);
      assert.equal(rig.connection.slotsFree, 1);
      assert.equal(rig.connection.isReused, true);
      assert.deepEqual(rig.told, ["slots"]);
    }
  }
});

test("an answer that ends with its connection ends there, and the connection with it", () => {
  const rig = new ClientRig();
  const answer = ask(rig);
  rig.send("HTTP/1.1 200 OK\r\n\r\nhel");
  rig.send("lo");
  assert.equal(answer.trailers, undefined);
  rig.peer.end();
  rig.run();
  assert.equal(answer.body, "hello");
  assert.deepEqual(answer.trailers, []);
  assert.deepEqual(rig.told, ["draining", "closed"]);
});

test("a connection that says close takes no further exchange", () => {
  const rig = new ClientRig();
  const answer = ask(rig);
  rig.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\no");
  assert.deepEqual(rig.told, ["draining"]);
  assert.equal(rig.connection.slotsFree, 0);
  rig.send("k");
  assert.equal(answer.body, "ok");
  assert.deepEqual(rig.told, ["draining", "closed"]);
});

test("an answer to half a request is passed on, and ends the connection", () => {
  const rig = new ClientRig();
  const answer = new RecordedAnswer();
  const stream = rig.connection.open(requestHead({ method: "POST", contentLength: 9 }), answer);
  stream.write(Buffer.from("abc"));
  rig.run();
  rig.send("HTTP/1.1 413 x\r\nContent-Length: 0\r\n\r\n");
  assert.equal(answer.answer?.status, 413);
  assert.deepEqual(answer.trailers, []);
  assert.equal(stream.write(Buffer.from("def")), true);
  rig.run();
  assert.equal(answer.failure, undefined);
  assert.deepEqual(rig.told, ["closed"]);
});

test("bytes behind an answer, or while idle, end the connection", () => {
  const behind = new ClientRig();
  const answer = ask(behind);
  behind.send(`${OK}HTTP/1.1 200 OK\r\n`);
  assert.equal(answer.body, "ok");
  assert.deepEqual(behind.told, ["closed"]);
  const idle = new ClientRig();
  ask(idle);
  idle.send(OK);
  assert.equal(idle.connection.slotsFree, 1);
  idle.send(OK);
  assert.equal(idle.connection.slotsFree, 0);
  assert.deepEqual(idle.told, ["slots", "closed"]);
});

test("a body where none may be is not read as the next answer", () => {
  for (const [method, head] of [
    ["GET", "HTTP/1.1 204 x\r\nContent-Length: 5\r\n\r\n"],
    ["GET", "HTTP/1.1 304 x\r\nContent-Length: 5\r\n\r\n"],
    ["HEAD", "HTTP/1.1 200 x\r\nContent-Length: 5\r\n\r\n"],
  ] as const) {
    const rig = new ClientRig();
    const answer = ask(rig, method);
    rig.send(`${head}hello`);
    assert.equal(answer.body, "");
    assert.deepEqual(answer.trailers, []);
    assert.equal(rig.connection.slotsFree, 0, head);
  }
});

test("an answer that is none fails its exchange, never to be retried", () => {
  const answers = [
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello",
    "SSH-2.0-x\r\n\r\n",
    "\x15\x03\x01\x00",
    `HTTP/1.1 200 OK\r\nX: ${"a".repeat(LIMITS.headBytesMax)}`,
    "HTTP/1.1 100 x\r\n\r\n".repeat(LIMITS.informsMax + 1),
  ];
  for (const text of answers) {
    const rig = new ClientRig();
    const answer = ask(rig);
    rig.send(text);
    assert.equal(answer.failure?.code, "upstream-malformed", JSON.stringify(text.slice(0, 80)));
    assert.equal(answer.failure?.retry, "never");
    assert.equal(answer.trailers, undefined);
    assert.deepEqual(
      rig.told.filter((what) => what !== "draining"),
      ["closed"],
    );
  }
});

test("a connection that dies says whether the request may be sent again", () => {
  const unsent = new ClientRig();
  const first = new RecordedAnswer();
  unsent.near.destroy();
  unsent.connection.open(requestHead(), first).end();
  unsent.run();
  assert.deepEqual([first.failure?.code, first.failure?.retry], ["upstream-reset", "always"]);
  const fresh = new ClientRig();
  const second = ask(fresh);
  fresh.peer.end();
  fresh.run();
  assert.equal(second.failure?.retry, "never");
  const reused = new ClientRig();
  ask(reused);
  reused.send(OK);
  const third = ask(reused);
  reused.peer.destroy();
  reused.run();
  assert.equal(third.failure?.retry, "if-reused");
  const answering = new ClientRig();
  ask(answering);
  answering.send(OK);
  const fourth = ask(answering);
  answering.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell");
  answering.peer.end();
  answering.run();
  assert.equal(fourth.failure?.retry, "never");
  assert.equal(fourth.trailers, undefined);
});

test("cancelling ends the connection, and no event follows", () => {
  const rig = new ClientRig();
  const answer = new RecordedAnswer();
  const stream = rig.connection.open(requestHead(), answer);
  rig.run();
  stream.cancel();
  rig.send(OK);
  assert.equal(answer.answer, undefined);
  assert.equal(answer.failure, undefined);
  assert.deepEqual(rig.told, ["closed"]);
});

test("a request body longer or shorter than its head says never becomes a request", () => {
  for (const body of ["hello!", "hell"]) {
    const rig = new ClientRig();
    const answer = new RecordedAnswer();
    const stream = rig.connection.open(requestHead({ method: "POST", contentLength: 5 }), answer);
    stream.write(Buffer.from(body));
    stream.end();
    assert.ok(!hasFailed(answer), "no event from inside a call");
    rig.run();
    assert.equal(answer.failure?.code, "malformed-request");
    assert.ok(!rig.received.endsWith("hello"));
    assert.deepEqual(rig.told, ["closed"]);
  }
});

test("draining lets the open exchange end, and closes an idle connection at once", () => {
  const rig = new ClientRig();
  const answer = ask(rig);
  rig.connection.drain();
  rig.run();
  assert.deepEqual(rig.told, []);
  rig.send(OK);
  assert.equal(answer.body, "ok");
  assert.deepEqual(rig.told, ["closed"]);
  const idle = new ClientRig();
  idle.connection.drain();
  idle.run();
  assert.deepEqual(idle.told, ["closed"]);
});

test("destroying fails the open exchange", () => {
  const rig = new ClientRig();
  const answer = ask(rig);
  rig.connection.destroy();
  assert.ok(!hasFailed(answer), "no event from inside a call");
  rig.run();
  assert.equal(answer.failure?.code, "upstream-reset");
  assert.deepEqual(rig.told, ["closed"]);
});

test("pausing stops the answer, and writing stops while the upstream doesn't read", () => {
  const rig = new ClientRig({ highWaterBytes: 1000 });
  const answer = new RecordedAnswer();
  const stream = rig.connection.open(requestHead({ method: "POST", contentLength: -1 }), answer);
  rig.peer.pause();
  stream.write(Buffer.alloc(2000));
  rig.run();
  assert.equal(stream.write(Buffer.alloc(1)), false);
  rig.peer.resume();
  rig.run();
  assert.equal(answer.drains, 1);
  stream.end();
  stream.pause();
  rig.send(OK);
  assert.equal(answer.answer, undefined);
  stream.resume();
  rig.run();
  assert.equal(answer.body, "ok");
});

function hasFailed({ failure }: RecordedAnswer): boolean {
  return failure !== undefined;
}

function ask(rig: ClientRig, method = "GET"): RecordedAnswer {
  const answer = new RecordedAnswer();
  rig.connection.open(requestHead({ method }), answer).end();
  rig.run();
  return answer;
}
