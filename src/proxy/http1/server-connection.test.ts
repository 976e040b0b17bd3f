import assert from "node:assert/strict";
import { test } from "node:test";
import { splitsOf } from "./splits.ts";
import { answerOk, OK, OK_AND_CLOSE, ServerRig } from "./test-rig.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const POST = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";

test("requests are answered one after the other on one connection, however they were cut", () => {
  const chunked =
    "PUT /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" +
    "2\r\nhi\r\n0\r\nx-t: 1\r\n\r\n";
  for (const parts of splitsOf(GET + POST + chunked)) {
    const rig = new ServerRig();
    for (const part of parts) rig.send(part.toString("latin1"));
    assert.deepEqual(
      rig.requests.map(({ head, body, trailers }) => [head.method, body, trailers]),
      [
        ["GET", "", []],
        ["POST", "hello", []],
        ["PUT", "hi", ["x-t", "1"]],
      ],
    );
    assert.equal(rig.received, OK + OK + OK);
  }
});

test("a pipelined request waits until the answer before it is complete", () => {
  const rig = new ServerRig({ ended: () => {} });
  rig.send(GET + GET.replace("/", "/2"));
  assert.equal(rig.requests.length, 1);
  answerOk(rig.request);
  assert.equal(rig.requests.length, 1, "no event from inside a call");
  rig.run();
  assert.equal(rig.requests.length, 2);
  assert.equal(rig.request.head.path, "/2");
});

test("an answer of unknown length is chunked, with trailers for who accepts them", () => {
  const answer = (te: string) => {
    const rig = new ServerRig({
      ended: ({ stream }) => {
        stream.respond({ status: 200, headers: ["date", "now"], contentLength: -1 });
        stream.write(Buffer.from("x".repeat(26)));
        stream.write(Buffer.from(""));
        stream.end(["x-t", "1"]);
      },
    });
    rig.send(`GET / HTTP/1.1\r\nHost: a\r\n${te}\r\n`);
    return rig.received;
  };
  const head = "HTTP/1.1 200 OK\r\ndate: now\r\ntransfer-encoding: chunked\r\n\r\n";
  const chunk = `1a\r\n${"x".repeat(26)}\r\n0\r\n`;
  assert.equal(answer(""), `${head}${chunk}\r\n`);
  assert.equal(answer("TE: trailers\r\nConnection: TE\r\n"), `${head}${chunk}x-t: 1\r\n\r\n`);
});

test("HTTP/1.0 gets an answer of unknown length unchunked, and then the end", () => {
  const rig = new ServerRig({
    ended: ({ stream }) => {
      stream.inform({ status: 103, headers: [], contentLength: 0 });
      stream.respond({ status: 200, headers: ["date", "now"], contentLength: -1 });
      stream.write(Buffer.from("hello"));
      stream.end();
    },
  });
  rig.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  assert.equal(rig.received, "HTTP/1.1 200 OK\r\ndate: now\r\nconnection: close\r\n\r\nhello");
  assert.equal(rig.peerEnded, true);
});

test("HTTP/1.0 is kept alive if it asks for it", () => {
  const rig = new ServerRig();
  rig.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  assert.match(rig.take(), /connection: keep-alive\r\n\r\nok$/);
  rig.send("GET / HTTP/1.0\r\n\r\n");
  assert.equal(rig.received, OK_AND_CLOSE);
  assert.equal(rig.peerEnded, true);
});

test("an answer to HEAD, a 204 and a 304 have no body, whatever is written", () => {
  const answer = (method: string, status: number) => {
    const rig = new ServerRig({
      ended: ({ stream }) => {
        stream.respond({ status, headers: ["date", "now"], contentLength: 5 });
        stream.write(Buffer.from("hello"));
        stream.end();
      },
    });
    rig.send(`${method} / HTTP/1.1\r\nHost: a\r\n\r\n`);
    return rig.received.replace("HTTP/1.1 ", "").replace("date: now\r\n", "");
  };
  assert.equal(answer("HEAD", 200), "200 OK\r\ncontent-length: 5\r\n\r\n");
  assert.equal(answer("GET", 304), "304 Not Modified\r\ncontent-length: 5\r\n\r\n");
  assert.equal(answer("GET", 204), "204 No Content\r\n\r\n");
  assert.equal(answer("GET", 299), "299 \r\ncontent-length: 5\r\n\r\nhello");
});

test("an answer without a date gets one, and 1xx go before it", () => {
  const rig = new ServerRig({
    ended: ({ stream }) => {
      // Of the hop behind us only.
      stream.inform({ status: 100, headers: [], contentLength: 0 });
      stream.inform({ status: 103, headers: ["link", "x"], contentLength: 0 });
      stream.respond({ status: 200, headers: [], contentLength: 0 });
      stream.inform({ status: 103, headers: ["link", "late"], contentLength: 0 });
      stream.end();
    },
  });
  rig.send(GET);
  assert.equal(
    rig.received,
    "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" +
      "HTTP/1.1 200 OK\r\ndate: Thu, 01 Jan 2026 00:00:00 GMT\r\ncontent-length: 0\r\n\r\n",
  );
});

test("who expects a 100 gets it before the body, and who sends the body at once doesn't", () => {
  const head = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 5\r\n\r\n";
  const rig = new ServerRig();
  rig.send(head);
  assert.equal(rig.take(), "HTTP/1.1 100 Continue\r\n\r\n");
  rig.send("hello");
  assert.equal(rig.take(), OK);
  rig.send(`${head}hello`);
  assert.equal(rig.take(), OK);
  assert.deepEqual(rig.request.head.headers, []);
});

test("an early answer to who waits for a 100 ends the connection: the body may come or not", () => {
  const rig = new ServerRig({ started: answerOk, ended: () => {} });
  rig.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 30\r\n\r\n");
  rig.send(GET);
  assert.equal(rig.received, OK_AND_CLOSE);
  assert.equal(rig.requests.length, 1);
});

test("a request whose sender has closed its direction is still answered", () => {
  const rig = new ServerRig({ ended: () => {} });
  rig.send(GET + GET);
  rig.peer.end();
  rig.run();
  for (let i = 0; i < 2; i++) {
    answerOk(rig.request);
    rig.run();
  }
  assert.equal(rig.received, OK + OK_AND_CLOSE);
  assert.equal(rig.closed, 1);
});

test("a request that its sender cut short fails, and its head is refused", () => {
  const inBody = new ServerRig();
  inBody.send(POST.slice(0, -1));
  inBody.peer.end();
  inBody.run();
  assert.equal(inBody.request.failure?.code, "downstream-reset");
  assert.equal(inBody.received, "");
  assert.equal(inBody.closed, 1);
  const inHead = new ServerRig();
  inHead.send(GET.slice(0, -1));
  inHead.peer.end();
  inHead.run();
  assert.deepEqual(
    inHead.refused.map(({ code }) => code),
    ["malformed-request"],
  );
  assert.match(inHead.received, /^HTTP\/1.1 400 /);
});

test("a downstream that goes away fails what is open, once", () => {
  const rig = new ServerRig({ ended: () => {} });
  rig.send(GET);
  rig.near.destroy();
  rig.run();
  assert.equal(rig.request.failure?.code, "downstream-reset");
  assert.equal(rig.closed, 1);
  answerOk(rig.request);
  rig.run();
  assert.equal(rig.tools.deadlines.pending, 0);
});

test("a reset answer looks broken and no event follows", () => {
  const rig = new ServerRig({ ended: () => {} });
  rig.send(GET);
  rig.request.stream.respond({ status: 200, headers: [], contentLength: -1 });
  rig.run();
  rig.request.stream.reset({
    code: "upstream-reset",
    side: "upstream",
    retry: "never",
    detail: "",
  });
  rig.run();
  assert.doesNotMatch(rig.received, /0\r\n\r\n$/);
  assert.equal(rig.peerEnded, true);
  assert.equal(rig.request.failure, undefined);
  assert.equal(rig.closed, 1);
});

test("an answer longer or shorter than its head says never looks complete", () => {
  for (const body of ["hello!", "hell"]) {
    const rig = new ServerRig({
      ended: ({ stream }) => {
        stream.respond({ status: 200, headers: [], contentLength: 5 });
        stream.write(Buffer.from(body));
        stream.end();
      },
    });
    rig.send(GET + GET);
    assert.equal(rig.requests.length, 1);
    assert.equal(rig.request.failure?.code, "downstream-reset");
    assert.equal(rig.closed, 1);
  }
});
