import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import type { RequestAcceptor } from "#proxy/exchange/exchange.ts";
import { ERROR, FRAME } from "./frame-types.ts";
import { frame, notes, type RawPeer, rawDownstream, settings, settle, uint32 } from "./raw-peer.ts";
import { echo } from "./test-tools.ts";

const HEAD = [":method", "GET", ":scheme", "http", ":authority", "a", ":path", "/"];
const PING = frame(FRAME.ping, 0, 0, Buffer.alloc(8));

// Never answers.
const silent: RequestAcceptor = { ...echo, request: () => notes([]) };

const request = (peer: RawPeer, id: number) => frame(FRAME.headers, 5, id, peer.block(...HEAD));
const reset = (id: number) => frame(FRAME.reset, 0, id, uint32(ERROR.cancel));
const window = (id: number, by: number) => frame(FRAME.windowUpdate, 0, id, uint32(by));

test("requests that are reset at once are served up to the burst, and then cut", async () => {
  const { peer } = rawDownstream(silent);
  for (let i = 0; i < LIMITS.resetsBurst; i++)
    peer.send(request(peer, 2 * i + 1), reset(2 * i + 1));
  await settle();
  assert.deepEqual(peer.errors, []);
  const id = 2 * LIMITS.resetsBurst + 1;
  peer.send(request(peer, id), reset(id));
  await settle();
  assert.deepEqual(peer.errors, [`goaway ${id}: ${ERROR.enhanceYourCalm}`]);
  assert.ok(peer.hasEnded);
});

test("a request taken back at once asks nobody, and is counted", async () => {
  const asked: string[] = [];
  const refused: string[] = [];
  const { peer } = rawDownstream({
    request(head, stream) {
      asked.push(head.path);
      return echo.request(head, stream);
    },
    refuse(failure) {
      refused.push(failure.code);
      return echo.refuse(failure);
    },
  });
  const post = () => frame(FRAME.headers, 4, 3, peer.block(":method", "POST", ...HEAD.slice(2)));
  peer.send(request(peer, 1), post(), request(peer, 5), reset(1), window(3, 0));
  await settle();
  assert.deepEqual(asked, ["/"]);
  assert.deepEqual(refused, ["downstream-reset", "malformed-request"]);
  assert.deepEqual(peer.errors, [`reset 3: ${ERROR.protocol}`]);
  assert.deepEqual(
    peer.of(FRAME.headers).map(({ id }) => id),
    [5],
  );
});

test("resets are earned back by time and by exchanges that were served", async () => {
  const { peer, clock } = rawDownstream({
    ...echo,
    request: (head, stream) => (head.path === "/" ? notes([]) : echo.request(head, stream)),
  });
  let id = 1;
  const cancel = (times: number) => {
    for (let i = 0; i < times; i++, id += 2) peer.send(request(peer, id), reset(id));
  };
  cancel(LIMITS.resetsBurst);
  clock.advance(1000);
  cancel(LIMITS.resetsPerSecond);
  await settle();
  const served = [":method", "GET", ":scheme", "http", ":authority", "a", ":path", "/served"];
  for (let i = 0; i < 50; i++, id += 2) peer.send(frame(1, 5, id, peer.block(...served)));
  await settle();
  cancel(50);
  await settle();
  assert.deepEqual(peer.errors, []);
  cancel(1);
  await settle();
  assert.equal(peer.errors.length, 1);
});

test("a peer that makes us reset is cut as well", async () => {
  const { peer } = rawDownstream(silent);
  for (let i = 0; i <= LIMITS.resetsBurst; i++) {
    peer.send(request(peer, 2 * i + 1), window(2 * i + 1, 0));
  }
  await settle();
  assert.equal(peer.errors.at(-1), `goaway ${2 * LIMITS.resetsBurst + 1}: 11`);
});

test("malformed requests are resets, too", async () => {
  const { peer } = rawDownstream(silent);
  for (let i = 0; i <= LIMITS.resetsBurst; i++) {
    peer.send(frame(FRAME.headers, 5, 2 * i + 1, peer.block("no", "pseudo")));
  }
  await settle();
  assert.equal(peer.errors.at(-1), `goaway ${2 * LIMITS.resetsBurst + 1}: 11`);
});

const CONTROL: readonly (readonly [string, (peer: RawPeer) => Buffer])[] = [
  ["SETTINGS", () => settings()],
  ["PING", () => PING],
  ["PRIORITY", () => frame(FRAME.priority, 0, 5, Buffer.alloc(5))],
  ["WINDOW_UPDATE", () => window(0, 1)],
  ["unknown", () => frame(99, 0, 0)],
];

for (const [what, make] of CONTROL) {
  test(`${what} frames without end are cut`, async () => {
    const { peer } = rawDownstream(silent);
    // The first SETTINGS counts.
    for (let i = 1; i < LIMITS.controlFramesBurst; i++) peer.send(make(peer));
    await settle();
    assert.deepEqual(peer.errors, []);
    peer.send(make(peer));
    await settle();
    assert.deepEqual(peer.errors, ["goaway 0: 11"]);
  });
}

test("SETTINGS with too many entries is cut", async () => {
  const { peer } = rawDownstream(silent);
  peer.send(settings(...new Array((LIMITS.settingsPerFrameMax + 1) * 2).fill(7)));
  await settle();
  assert.deepEqual(peer.errors, ["goaway 0: 11"]);
});

test("two empty frames in a row are cut, one is not", async () => {
  const { peer } = rawDownstream(silent);
  peer.send(frame(FRAME.headers, 4, 1, peer.block(...HEAD)));
  for (let i = 0; i < 3; i++) {
    peer.send(frame(FRAME.data, 0, 1), frame(FRAME.data, 0, 1, Buffer.from("x")));
  }
  await settle();
  assert.deepEqual(peer.errors, []);
  peer.send(frame(FRAME.data, 0, 1), frame(FRAME.data, 0, 1));
  await settle();
  assert.deepEqual(peer.errors, ["goaway 1: 11"]);
});

test("a head in as many pieces as allowed is read, one more is cut", async () => {
  const { peer } = rawDownstream(echo);
  const inPieces = (id: number, continuations: number) => {
    const block = peer.block(...HEAD);
    const cut = (i: number) => block.subarray(i, i === continuations ? undefined : i + 1);
    peer.send(frame(FRAME.headers, 1, id, cut(0)));
    for (let i = 1; i <= continuations; i++) {
      peer.send(frame(FRAME.continuation, i === continuations ? 4 : 0, id, cut(i)));
    }
  };
  inPieces(1, 3);
  const most: number = LIMITS.continuationsMax;
  const long = peer.block(...HEAD, "x-long", "v".repeat(most));
  peer.send(frame(FRAME.headers, 1, 3, long.subarray(0, -most)));
  for (let i = most; i > 0; i--) {
    const piece = long.subarray(-i, i === 1 ? undefined : -i + 1);
    peer.send(frame(FRAME.continuation, i === 1 ? 4 : 0, 3, piece));
  }
  await settle();
  assert.deepEqual(peer.errors, []);
  assert.equal(peer.of(FRAME.headers).length, 2);
  peer.send(frame(FRAME.headers, 1, 5, Buffer.from([0x82])));
  for (let i = 0; i <= LIMITS.continuationsMax; i++) {
    peer.send(frame(FRAME.continuation, 0, 5, Buffer.from([0x82])));
  }
  await settle();
  assert.deepEqual(peer.errors, ["goaway 3: 11"]);
});

test("a head that is too large is answered with 431, and the connection goes on", async () => {
  const { peer } = rawDownstream(echo);
  const big = ["x-a", "v".repeat(30_000), "x-b", "v".repeat(30_000)];
  const block = peer.block(...HEAD, ...big);
  const size = LIMITS.frameBytesMax;
  peer.send(frame(FRAME.headers, 1, 1, block.subarray(0, size)));
  for (let at = size; at < block.length; at += size) {
    const isLast = at + size >= block.length;
    peer.send(frame(FRAME.continuation, isLast ? 4 : 0, 1, block.subarray(at, at + size)));
  }
  peer.send(request(peer, 3));
  await settle();
  assert.deepEqual(peer.errors, []);
  assert.ok(peer.of(FRAME.headers, 1)[0]!.payload.includes("431"));
  assert.equal(peer.of(FRAME.headers, 3).length, 1);
});

test("a head that expands without measure is cut", async () => {
  const { peer } = rawDownstream(echo);
  const long = Buffer.alloc(4000, "v");
  const literal = Buffer.concat([Buffer.from([0x40, 1, 0x78, 0x7f, 0xa1, 0x1e]), long]);
  const bomb = Buffer.concat([peer.block(...HEAD), literal, Buffer.alloc(100, 0xbe)]);
  peer.send(frame(FRAME.headers, 5, 1, bomb));
  await settle();
  assert.deepEqual(peer.errors, ["goaway 0: 11"]);
});

test("a peer that asks and never reads is cut", async () => {
  let answered = 0;
  const { peer, connection } = rawDownstream({
    ...echo,
    request(_, stream) {
      const pad = `${answered++}`.padEnd(900, "p");
      stream.respond({ status: 200, headers: ["x-pad", pad], contentLength: 0 });
      stream.end();
      return notes([]);
    },
  });
  peer.pause();
  for (let i = 0; i < LIMITS.controlFramesQueuedMax + 400; i++) {
    peer.send(request(peer, 2 * i + 1));
    if (i % 50 === 0) await settle();
  }
  await settle();
  peer.resume();
  await settle();
  await settle();
  assert.match(peer.errors.at(-1) ?? "", /^goaway \d+: 11$/);
  assert.equal(connection.streamsOpen, 0);
});

test("a head that never ends, and a preface that never comes, end in time", async () => {
  const { peer, clock } = rawDownstream(silent);
  peer.send(frame(FRAME.headers, 1, 1, Buffer.from([0x82])));
  await settle();
  clock.advance(LIMITS.headTimeoutMs + 20);
  await settle();
  assert.deepEqual(peer.errors, ["goaway 0: 1"]);
  const mute = rawDownstream(silent, []);
  mute.clock.advance(LIMITS.headTimeoutMs + 20);
  await settle();
  assert.ok(mute.peer.hasEnded);
});
