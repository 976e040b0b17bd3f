// Tunnels that we are asked for, by CONNECT and extended CONNECT (RFC 8441): what opens one, what
// flows through it, and what becomes of the bytes of one that never opened.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import type { DownstreamStream, RequestAcceptor } from "#proxy/exchange/exchange.ts";
import type { RequestHead, ResponseHead } from "#proxy/exchange/heads.ts";
import { ERROR, FRAME, SETTING } from "./frame-types.ts";
import { HpackDecoder } from "./hpack-decoder.ts";
import {
  frame,
  notes,
  type RawPeer,
  rawDownstream,
  rawUpstream,
  settle,
  uint32,
} from "./raw-peer.ts";
import { GET } from "./test-tools.ts";

const PLAIN = [":method", "CONNECT", ":authority", "db:5432"];
const EXTENDED = [":method", "CONNECT", ":protocol", "websocket", ":scheme", "http"];
const UPGRADE = [...EXTENDED, ":path", "/chat?a", ":authority", "shop"];
const CONNECT: RequestHead = {
  ...GET,
  ...{ method: "CONNECT", authority: "db:5432", path: "", contentLength: -1 },
};
const answer = (status: number): ResponseHead => ({ status, headers: [], contentLength: -1 });
const data = (id: number, text: string, flags = 0) =>
  frame(FRAME.data, flags, id, Buffer.from(text));

test("our SETTINGS announce extended CONNECT", async () => {
  const { peer } = rawDownstream(accepting().acceptor);
  await settle();
  const { payload } = peer.of(FRAME.settings)[0]!;
  const pairs = Array.from({ length: payload.length / 6 }, (_, i) => [
    payload.readUInt16BE(i * 6),
    payload.readUInt32BE(i * 6 + 2),
  ]);
  assert.ok(pairs.some(([id, value]) => id === SETTING.enableConnect && value === 1));
});

for (const [what, fields, opening] of [
  ["CONNECT", PLAIN, 200],
  ["extended CONNECT", UPGRADE, 101],
] as const) {
  test(`${what}: bytes are held back until the tunnel is open, then flow both ways`, async () => {
    const { acceptor, asked, log } = accepting();
    const { peer, connection } = rawDownstream(acceptor);
    peer.send(frame(FRAME.headers, 4, 1, peer.block(...fields)), data(1, "early"));
    await settle();
    const [head, stream] = asked[0]!;
    const { method, authority, path, upgrade, contentLength } = head;
    assert.deepEqual(
      [method, authority, path, upgrade, contentLength],
      what === "CONNECT"
        ? ["CONNECT", "db:5432", "", undefined, -1]
        : ["GET", "shop", "/chat?a", "websocket", -1],
    );
    assert.deepEqual(log, []);
    stream.resume(); // by a body that was paused while its upstream was dialled
    await settle();
    assert.deepEqual(log, []);
    stream.respond(answer(opening));
    stream.write(Buffer.from("hi"));
    assert.deepEqual(log, [], "no event comes from inside a call");
    await settle();
    assert.deepEqual(log, ["data 5"]);
    assert.deepEqual(fieldsOf(peer, 1), [":status", "200"]);
    stream.end(["x-sum", "1"]);
    peer.send(data(1, "more"));
    await settle();
    assert.equal(peer.of(FRAME.data, 1).at(-1)!.flags, 1, "a tunnel has no trailers");
    peer.send(data(1, "last", 1));
    await settle();
    assert.deepEqual(log, ["data 5", "data 4", "data 4", "end"]);
    assert.deepEqual([peer.errors, connection.streamsOpen], [[], 0]);
  });
}

test("an asker that has ended before the tunnel opens is heard to the end", async () => {
  const { acceptor, asked, log } = accepting();
  const { peer } = rawDownstream(acceptor);
  peer.send(frame(FRAME.headers, 4, 1, peer.block(...PLAIN)), data(1, "all", 1));
  peer.send(frame(FRAME.headers, 5, 3, peer.block(...PLAIN)));
  await settle();
  assert.deepEqual(log, []);
  for (const [, stream] of asked) stream.respond(answer(200));
  await settle();
  assert.deepEqual(log, ["data 3", "end", "end"]);
});

test("what was meant for a tunnel is dropped where the answer opens none", async () => {
  const { acceptor, asked, log } = accepting();
  const { peer, connection } = rawDownstream(acceptor);
  peer.send(frame(FRAME.headers, 4, 1, peer.block(...PLAIN)), data(1, "early"));
  peer.send(frame(FRAME.headers, 4, 3, peer.block(...UPGRADE)), data(3, "early"));
  await settle();
  asked[0]![1].respond({ status: 503, headers: ["weft-cause", "overflow"], contentLength: 0 });
  asked[0]![1].end();
  asked[1]![1].respond({ status: 404, headers: [], contentLength: 2 });
  asked[1]![1].write(Buffer.from("no"));
  asked[1]![1].end();
  peer.send(data(1, "late", 1), data(3, "late", 1));
  await settle();
  assert.deepEqual(log, []);
  assert.equal(peer.of(FRAME.headers, 1)[0]!.flags, 5);
  assert.equal(`${peer.of(FRAME.data, 3)[0]!.payload}`, "no");
  assert.deepEqual([peer.errors, connection.streamsOpen], [[], 0]);
});

test("an answer that ignores the upgrade is not read as a tunnel", async () => {
  const { acceptor, asked } = accepting();
  const { peer } = rawDownstream(acceptor);
  peer.send(frame(FRAME.headers, 4, 1, peer.block(...UPGRADE)));
  await settle();
  asked[0]![1].respond({ status: 200, headers: [], contentLength: 2 });
  await settle();
  assert.deepEqual(fieldsOf(peer, 1), [":status", "501", "content-length", "2"]);
});

test("an asker that goes away, before or after, is told to whoever was asked", async () => {
  const { acceptor, asked, log } = accepting();
  const { peer } = rawDownstream(acceptor);
  for (const id of [1, 3, 5]) peer.send(frame(FRAME.headers, 4, id, peer.block(...PLAIN)));
  await settle();
  asked[1]![1].respond(answer(200));
  asked[2]![1].respond(answer(403));
  for (const id of [1, 3, 5]) peer.send(frame(FRAME.reset, 0, id, uint32(ERROR.cancel)));
  await settle();
  assert.deepEqual(log, Array(3).fill("fail downstream-reset never"));
});

test("a tunnel that breaks behind us is reset, not ended", async () => {
  const { acceptor, asked } = accepting();
  const { peer } = rawDownstream(acceptor);
  peer.send(frame(FRAME.headers, 4, 1, peer.block(...PLAIN)));
  await settle();
  const stream = asked[0]![1];
  stream.respond(answer(200));
  stream.end();
  stream.reset({ code: "upstream-reset", side: "upstream", retry: "never", detail: "" });
  await settle();
  assert.deepEqual(peer.errors, [`reset 1: ${ERROR.connect}`]);
});

const MALFORMED: readonly (readonly string[])[] = [
  [":method", "CONNECT"],
  [":method", "CONNECT", "host", "db:5432"],
  [...PLAIN, ":scheme", "http"],
  [...PLAIN, ":path", "/"],
  [...PLAIN, "content-length", "5"],
  [...PLAIN, ":protocol", "websocket"],
  [...UPGRADE, "content-length", "0"],
  [...UPGRADE, ":protocol", "websocket"],
  [...EXTENDED, ":authority", "shop"],
  [...EXTENDED, ":path", "/"],
  [":method", "CONNECT", ":protocol", "a b", ...UPGRADE.slice(4)],
  [":method", "GET", ...UPGRADE.slice(2)],
];

for (const fields of MALFORMED) {
  test(`the head ${fields.join(" ")} ends its stream only`, async () => {
    const { acceptor, asked } = accepting();
    const { peer } = rawDownstream(acceptor);
    peer.send(frame(FRAME.headers, 4, 1, peer.block(...fields)));
    peer.send(frame(FRAME.headers, 4, 3, peer.block(...PLAIN)));
    await settle();
    assert.deepEqual(peer.errors, [`reset 1: ${ERROR.protocol}`]);
    assert.equal(asked.length, 1);
  });
}

test("trailers end no tunnel, on either end", async () => {
  const { acceptor, asked } = accepting();
  const { peer } = rawDownstream(acceptor);
  peer.send(frame(FRAME.headers, 4, 1, peer.block(...PLAIN)));
  await settle();
  asked[0]![1].respond(answer(200));
  peer.send(frame(FRAME.headers, 5, 1, peer.block("x-sum", "1")));
  await settle();
  assert.deepEqual(peer.errors, [`reset 1: ${ERROR.protocol}`]);
  const upstream = rawUpstream();
  const log: string[] = [];
  upstream.connection.open(CONNECT, notes(log));
  const { peer: other } = upstream;
  other.send(frame(FRAME.headers, 4, 1, other.block(":status", "200")));
  other.send(frame(FRAME.headers, 5, 1, other.block("x-sum", "1")));
  await settle();
  assert.deepEqual(log, ["head 200", "fail upstream-malformed never"]);
});

function accepting() {
  const asked: [RequestHead, DownstreamStream][] = [];
  const log: string[] = [];
  const acceptor: RequestAcceptor = {
    request(head, stream) {
      asked.push([head, stream]);
      return notes(log);
    },
    refuse: () => ({ status: 400, headers: [], contentLength: 0 }),
  };
  return { acceptor, asked, log };
}

// Of the last head on a stream; the first that a connection sends, or the decoder is out of step.
function fieldsOf(peer: RawPeer, id: number): string[] {
  const decoder = new HpackDecoder(LIMITS);
  const { payload } = peer.of(FRAME.headers, id).at(-1)!;
  decoder.decode(payload, 0, payload.length);
  return decoder.fields.flatMap(({ name, value }) => [name, value]);
}
