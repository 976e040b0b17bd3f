// The contract of exchange.ts, between our two ends and against peers that break the rules.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import type { DownstreamStream, RequestAcceptor } from "#proxy/exchange/exchange.ts";
import { memoryStreamPair } from "#proxy/transport/memory-stream.ts";
import { Http2ClientConnection } from "./client-connection.ts";
import { ERROR, FRAME } from "./frame-types.ts";
import {
  frame,
  notes,
  type RawPeer,
  rawDownstream,
  rawUpstream,
  settle,
  uint32,
} from "./raw-peer.ts";
import { Http2ServerConnection } from "./server-connection.ts";
import { ask, codecTools, echo, GET, OK, pump } from "./test-tools.ts";

const HEAD = [":method", "GET", ":scheme", "http", ":authority", "a", ":path", "/"];
const BROKEN = { code: "upstream-reset", side: "upstream", retry: "never", detail: "" } as const;

test("a request and its answer go from end to end with head, body and trailers", async () => {
  const connection = pair(echo);
  const answer = await ask(
    connection,
    {
      ...GET,
      method: "PATCH",
      path: "/a?b",
      headers: ["x-a", "1", "te", "trailers"],
      contentLength: 4,
    },
    (stream) => {
      stream.write(Buffer.from("body"));
      stream.end(["x-sum", "9"]);
    },
  );
  assert.equal(answer.failure, undefined);
  assert.deepEqual(answer.head, {
    status: 200,
    headers: ["x-method", "PATCH", "x-path", "/a?b", "x-a", "1"],
    contentLength: 4,
  });
  assert.equal(`${answer.body}`, "body");
  assert.deepEqual(answer.trailers, ["x-sum", "9"]);
});

test("a body of 8 MiB goes both ways under backpressure", async () => {
  const connection = pair(echo);
  const body = Buffer.alloc(8 * 1024 * 1024, "0123456789");
  const { send } = pump(body);
  const answer = await ask(connection, { ...GET, contentLength: -1, method: "POST" }, send, send);
  assert.equal(answer.failure, undefined);
  assert.ok(answer.body.equals(body));
});

test("a head of the largest size crosses in several frames", async () => {
  const connection = pair(echo);
  const headers = ["x-big", "b".repeat(LIMITS.headBytesMax - 1000), "x-after", "1"];
  const answer = await ask(connection, { ...GET, headers });
  assert.deepEqual(answer.head?.headers.slice(-4), headers);
});

test("a HEAD request is answered with the length and without the body", async () => {
  const connection = pair({
    ...echo,
    request(_, stream) {
      stream.respond({ status: 200, headers: [], contentLength: 5 });
      stream.write(Buffer.from("never"));
      stream.end();
      return notes([]);
    },
  });
  const { head, body, failure } = await ask(connection, { ...GET, method: "HEAD" });
  assert.deepEqual([failure, head?.contentLength, body.length], [undefined, 5, 0]);
});

test("no event arrives from inside the call that caused it", async () => {
  let isInside = false;
  const log: string[] = [];
  const outside = new Proxy(notes(log), {
    get: (target, name, self) => {
      assert.ok(!isInside, `${String(name)} came from inside a call`);
      return Reflect.get(target, name, self);
    },
  });
  const connection = pair(echo);
  const call = <T>(run: () => T): T => {
    isInside = true;
    const result = run();
    isInside = false;
    return result;
  };
  const stream = call(() => connection.open({ ...GET, contentLength: -1 }, outside));
  call(() => stream.write(Buffer.alloc(300_000)));
  await settle();
  call(() => stream.pause());
  await settle();
  call(() => stream.resume());
  await settle();
  call(() => stream.end());
  await settle();
  assert.equal(log.at(-1), "end");
  call(() => connection.open(GET, outside).end());
  call(() => connection.destroy());
  await settle();
  assert.match(log.at(-1) ?? "", /^fail/);
});

test("an answer that breaks off looks broken, never complete", async () => {
  const connection = pair({
    ...echo,
    request(_, stream) {
      stream.respond(OK);
      stream.write(Buffer.from("half"));
      stream.reset(BROKEN);
      return notes([]);
    },
  });
  const { failure, head } = await ask(connection, GET);
  assert.equal(head?.status, 200);
  assert.equal(failure?.code, "upstream-reset");
});

test("a cancelled exchange hears nothing more, its server hears that it failed", async () => {
  const served: string[] = [];
  const connection = pair({ ...echo, request: () => notes(served) });
  const log: string[] = [];
  const stream = connection.open({ ...GET, contentLength: -1 }, notes(log));
  await settle();
  stream.cancel();
  stream.write(Buffer.from("too late"));
  stream.end();
  await settle();
  assert.deepEqual(log, []);
  assert.deepEqual(served, ["fail downstream-reset never"]);
});

test("a server may answer early, and then drop the rest of the request or refuse it", async () => {
  const streams: DownstreamStream[] = [];
  const served: string[] = [];
  const { peer } = rawDownstream({
    ...echo,
    request(_, stream) {
      streams.push(stream);
      stream.respond(OK);
      stream.end();
      return notes(served);
    },
  });
  peer.send(frame(FRAME.headers, 4, 1, peer.block(...HEAD)));
  await settle();
  peer.send(frame(FRAME.data, 0, 1, Buffer.from("rest")));
  await settle();
  assert.deepEqual(served, []);
  assert.deepEqual(peer.errors, []);
  streams[0]!.reset(BROKEN);
  await settle();
  assert.deepEqual(peer.errors, [`reset 1: ${ERROR.none}`]);
  assert.equal(peer.of(FRAME.headers, 1)[0]!.flags, 5);
});

test("an answer that is complete but unread survives its connection", async () => {
  const { connection, peer } = rawUpstream();
  await settle();
  const log: string[] = [];
  const stream = connection.open(GET, notes(log));
  stream.end();
  stream.pause();
  peer.send(frame(FRAME.headers, 4, 1, peer.block(":status", "200")));
  peer.send(frame(FRAME.data, 1, 1, Buffer.from("all of it")));
  await settle();
  peer.destroy();
  await settle();
  assert.deepEqual(log, ["head 200"]);
  stream.resume();
  await settle();
  assert.deepEqual(log, ["head 200", "data 9", "end"]);
});

const MALFORMED_ANSWERS: readonly (readonly [string, (peer: RawPeer) => Buffer[]])[] = [
  ["a head without a status", (p) => [frame(FRAME.headers, 4, 1, p.block("a", "b"))]],
  ["DATA before a head", () => [frame(FRAME.data, 0, 1, Buffer.from("x"))]],
  ["a head that is too large", (p) => [frame(1, 4, 1, p.block(":status", "200", ...many(101)))]],
  [
    "too many interim heads",
    (p) =>
      Array.from({ length: LIMITS.informsMax + 1 }, () =>
        frame(1, 4, 1, p.block(":status", "103")),
      ),
  ],
  [
    "a body longer than its length",
    (p) => [
      frame(FRAME.headers, 4, 1, p.block(":status", "200", "content-length", "1")),
      frame(FRAME.data, 1, 1, Buffer.from("xy")),
    ],
  ],
];

for (const [what, frames] of MALFORMED_ANSWERS) {
  test(`an upstream that answers with ${what} fails that exchange only`, async () => {
    const { connection, peer } = rawUpstream();
    await settle();
    const logs: string[][] = [[], []];
    for (const log of logs) connection.open(GET, notes(log)).end();
    peer.send(...frames(peer), frame(FRAME.headers, 5, 3, peer.block(":status", "204")));
    await settle();
    assert.equal(logs[0]!.at(-1), "fail upstream-malformed never");
    assert.deepEqual(logs[1], ["head 204", "end"]);
    assert.deepEqual(peer.errors, [`reset 1: ${ERROR.protocol}`]);
  });
}

test("an upstream that opens a stream, pushes or answers nothing we asked is cut", async () => {
  const offences = [
    (peer: RawPeer) => frame(FRAME.headers, 4, 1, peer.block(":status", "200")),
    (peer: RawPeer) => frame(FRAME.headers, 4, 2, peer.block(":status", "200")),
    () => frame(FRAME.pushPromise, 4, 1, uint32(2)),
  ];
  for (const offence of offences) {
    const { peer } = rawUpstream();
    peer.send(offence(peer));
    await settle();
    assert.deepEqual(peer.errors, ["goaway 0: 1"]);
  }
});

function pair(acceptor: RequestAcceptor): Http2ClientConnection {
  const [near, far] = memoryStreamPair();
  const owner = { slotsChanged() {}, draining() {}, closed() {} };
  new Http2ServerConnection(far, acceptor, codecTools(), () => {});
  return new Http2ClientConnection(near, owner, codecTools());
}

function many(count: number): string[] {
  return Array.from({ length: count }, (_, i) => [`x-${i}`, ""]).flat();
}
