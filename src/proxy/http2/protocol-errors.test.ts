import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import { ERROR, FLAG, FRAME, PREFACE, SETTING } from "./frame-types.ts";
import { frame, type RawPeer, rawDownstream, settings, settle, uint32 } from "./raw-peer.ts";
import { echo } from "./test-tools.ts";

const HEAD = [":method", "POST", ":scheme", "http", ":authority", "a", ":path", "/"];
const { endHeaders, endStream, padded } = FLAG;
const GOAWAY_0 = (code: number) => `goaway 0: ${code}`;
const GOAWAY_1 = (code: number) => `goaway 1: ${code}`;
const RESET_1 = (code: number) => `reset 1: ${code}`;

type Case = readonly [what: string, frames: (peer: RawPeer) => Buffer[], expected: string];

const open = (peer: RawPeer) => frame(FRAME.headers, endHeaders, 1, peer.block(...HEAD));
const whole = (peer: RawPeer) =>
  frame(FRAME.headers, endHeaders | endStream, 1, peer.block(...HEAD));
const reset = () => frame(FRAME.reset, 0, 1, uint32(ERROR.cancel));
const data = (flags = 0, payload = "x") => frame(FRAME.data, flags, 1, Buffer.from(payload));

const ON_A_FRESH_CONNECTION: readonly Case[] = [
  ["DATA on stream 0", () => [frame(FRAME.data, 0, 0)], GOAWAY_0(ERROR.protocol)],
  ["DATA on an idle stream", () => [data()], GOAWAY_0(ERROR.protocol)],
  ["HEADERS on stream 0", () => [frame(FRAME.headers, 4, 0)], GOAWAY_0(ERROR.protocol)],
  [
    "HEADERS on an even stream",
    (peer) => [frame(FRAME.headers, 5, 2, peer.block(...HEAD))],
    GOAWAY_0(ERROR.protocol),
  ],
  [
    "HEADERS too short for its priority",
    () => [frame(FRAME.headers, endHeaders | FLAG.priority, 1, Buffer.alloc(4))],
    GOAWAY_0(ERROR.frameSize),
  ],
  [
    "a stream that depends on itself",
    (peer) => [
      frame(FRAME.headers, 0x25, 1, Buffer.concat([uint32(1), Buffer.alloc(1), peer.block()])),
    ],
    GOAWAY_0(ERROR.protocol),
  ],
  [
    "padding longer than its frame",
    () => [frame(FRAME.headers, endHeaders | padded, 1, Buffer.from([9, 0x82]))],
    GOAWAY_0(ERROR.protocol),
  ],
  ["a corrupt block", () => [frame(FRAME.headers, 4, 1, Buffer.from([0x80]))], GOAWAY_0(9)],
  ["PRIORITY on stream 0", () => [frame(2, 0, 0, Buffer.alloc(5))], GOAWAY_0(ERROR.protocol)],
  ["PRIORITY of 4 bytes", () => [frame(2, 0, 1, Buffer.alloc(4))], GOAWAY_0(ERROR.frameSize)],
  ["PRIORITY on itself", () => [frame(2, 0, 1, Buffer.from([0, 0, 0, 1, 0]))], GOAWAY_0(1)],
  ["RST_STREAM on stream 0", () => [frame(3, 0, 0, uint32(8))], GOAWAY_0(ERROR.protocol)],
  ["RST_STREAM on an idle stream", () => [reset()], GOAWAY_0(ERROR.protocol)],
  ["RST_STREAM of 3 bytes", () => [frame(3, 0, 1, Buffer.alloc(3))], GOAWAY_0(ERROR.frameSize)],
  ["SETTINGS on a stream", () => [frame(4, 0, 1)], GOAWAY_0(ERROR.protocol)],
  ["SETTINGS of 5 bytes", () => [frame(4, 0, 0, Buffer.alloc(5))], GOAWAY_0(ERROR.frameSize)],
  ["an acknowledgement with content", () => [frame(4, 1, 0, Buffer.alloc(6))], GOAWAY_0(6)],
  ["ENABLE_PUSH of 2", () => [settings(SETTING.enablePush, 2)], GOAWAY_0(ERROR.protocol)],
  ["a frame size below 16,384", () => [settings(5, 16_383)], GOAWAY_0(ERROR.protocol)],
  ["a frame size above 2^24 - 1", () => [settings(5, 2 ** 24)], GOAWAY_0(ERROR.protocol)],
  ["a window above 2^31 - 1", () => [settings(4, 2 ** 31)], GOAWAY_0(ERROR.flowControl)],
  ["PUSH_PROMISE", () => [frame(5, 4, 1, uint32(2))], GOAWAY_0(ERROR.protocol)],
  ["PING on a stream", () => [frame(6, 0, 1, Buffer.alloc(8))], GOAWAY_0(ERROR.protocol)],
  ["PING of 7 bytes", () => [frame(6, 0, 0, Buffer.alloc(7))], GOAWAY_0(ERROR.frameSize)],
  ["GOAWAY on a stream", () => [frame(7, 0, 1, Buffer.alloc(8))], GOAWAY_0(ERROR.protocol)],
  ["WINDOW_UPDATE of 3 bytes", () => [frame(8, 0, 0, Buffer.alloc(3))], GOAWAY_0(6)],
  ["WINDOW_UPDATE on an idle stream", () => [frame(8, 0, 1, uint32(1))], GOAWAY_0(1)],
  ["a connection window that grows by 0", () => [frame(8, 0, 0, uint32(0))], GOAWAY_0(1)],
  ["a connection window above 2^31 - 1", () => [frame(8, 0, 0, uint32(2 ** 31 - 1))], GOAWAY_0(3)],
  ["CONTINUATION of nothing", () => [frame(9, 4, 1)], GOAWAY_0(ERROR.protocol)],
  ["a frame above 16 KiB", () => [frame(0, 0, 1, Buffer.alloc(16_385))], GOAWAY_0(6)],
  [
    "another frame amid a head",
    (peer) => [frame(1, 0, 1, peer.block(...HEAD)), frame(6, 0, 0, Buffer.alloc(8))],
    GOAWAY_0(ERROR.protocol),
  ],
  [
    "an unknown frame amid a head",
    (peer) => [frame(1, 0, 1, peer.block(...HEAD)), frame(99, 0, 0)],
    GOAWAY_0(ERROR.protocol),
  ],
  [
    "CONTINUATION of another stream",
    (peer) => [frame(1, 0, 1, peer.block(...HEAD)), frame(9, 4, 3)],
    GOAWAY_0(ERROR.protocol),
  ],
  [
    "a stream id that goes back",
    (peer) => [frame(1, 4, 5, peer.block(...HEAD)), frame(1, 4, 3, peer.block(...HEAD))],
    "goaway 5: 1",
  ],
  ["a malformed head", (peer) => [frame(1, 5, 1, peer.block(":method", "GET"))], RESET_1(1)],
];

const ON_AN_OPEN_STREAM: readonly Case[] = [
  ["WINDOW_UPDATE by 0", () => [frame(8, 0, 1, uint32(0))], RESET_1(ERROR.protocol)],
  ["a window above 2^31 - 1", () => [frame(8, 0, 1, uint32(2 ** 31 - 1))], RESET_1(3)],
  ["a second head that ends nothing", (p) => [frame(1, 4, 1, p.block("a", "b"))], RESET_1(1)],
  ["a pseudo-header in trailers", (p) => [frame(1, 5, 1, p.block(":path", "/"))], RESET_1(1)],
  [
    "SETTINGS that make its window overflow",
    () => [frame(8, 0, 1, uint32(2 ** 31 - 1 - 65_535)), settings(4, 65_536)],
    GOAWAY_1(ERROR.flowControl),
  ],
];

for (const [what, frames, expected] of ON_A_FRESH_CONNECTION) {
  test(`${what} is answered with ${expected}`, () => answers(frames, expected));
}

for (const [what, frames, expected] of ON_AN_OPEN_STREAM) {
  test(`${what} on an open stream is answered with ${expected}`, () =>
    answers((peer) => [open(peer), ...frames(peer)], expected));
}

test("DATA behind END_STREAM resets a stream that is still being answered", () =>
  answers((peer) => [whole(peer), data()], RESET_1(ERROR.streamClosed), silent));

test("HEADERS behind END_STREAM reset it, too", () =>
  answers(
    (peer) => [whole(peer), frame(FRAME.headers, 5, 1, peer.block("x-sum", "1"))],
    RESET_1(ERROR.streamClosed),
    silent,
  ));

test("RST_STREAM for streams that are over is a flood like any other", async () => {
  const { peer } = rawDownstream(echo);
  peer.send(whole(peer));
  await settle();
  // The first SETTINGS counts.
  const most = LIMITS.controlFramesBurst + LIMITS.controlFramesPerData;
  for (let i = 0; i <= most; i++) peer.send(reset());
  await settle();
  assert.equal(peer.errors.join(), GOAWAY_1(ERROR.enhanceYourCalm));
});

test("trailers with more fields than a head may have are malformed", () =>
  answers((peer) => {
    const many = Array.from({ length: LIMITS.headersMax + 1 }, (_, i) => [`x-${i}`, "1"]).flat();
    return [open(peer), frame(FRAME.headers, endHeaders | endStream, 1, peer.block(...many))];
  }, RESET_1(ERROR.protocol)));

test("a path that is too long is answered with 431, whether a body follows or not", async () => {
  const long = `/${"p".repeat(LIMITS.requestTargetBytesMax)}`;
  const block = (peer: RawPeer) => peer.block(...HEAD.slice(0, 6), ":path", long);
  for (const [flags, errors] of [
    [endStream, []],
    // It need not be sent any more.
    [0, [RESET_1(ERROR.none)]],
  ] as const) {
    const { peer } = rawDownstream(echo);
    const bytes = block(peer);
    const at = LIMITS.frameBytesMax;
    peer.send(
      frame(FRAME.headers, flags, 1, bytes.subarray(0, at)),
      frame(FRAME.continuation, endHeaders, 1, bytes.subarray(at)),
      frame(FRAME.headers, endHeaders | endStream, 3, peer.block(...HEAD)),
    );
    await settle();
    assert.deepEqual(peer.errors, errors);
    assert.ok(peer.of(FRAME.headers, 1)[0]!.payload.includes("431"));
    assert.equal(peer.of(FRAME.headers, 3).length, 1);
  }
});

test("a call that took longer than it was given is cancelled, as its caller would", async () => {
  const { peer } = rawDownstream({
    ...echo,
    request(_, stream) {
      stream.respond({ status: 200, headers: [], contentLength: -1 });
      stream.reset({ code: "deadline-exceeded", side: "proxy", retry: "never", detail: "" });
      return { data() {}, end() {}, fail() {}, drained() {} };
    },
  });
  peer.send(whole(peer));
  await settle();
  assert.deepEqual(peer.errors, [RESET_1(ERROR.cancel)]);
});

test("DATA, HEADERS behind the end of both sides end the connection", async () => {
  const late = [() => data(), (peer: RawPeer) => frame(FRAME.headers, 5, 1, peer.block(...HEAD))];
  for (const say of late) {
    const { peer } = rawDownstream(echo);
    peer.send(whole(peer));
    // Until it is answered.
    await settle();
    peer.send(say(peer));
    await settle();
    assert.equal(peer.errors.join(), GOAWAY_1(ERROR.streamClosed));
  }
});

test("RST_STREAM and WINDOW_UPDATE that crossed our last frame are no offence", () =>
  answers((peer) => [whole(peer), reset(), frame(8, 0, 1, uint32(9)), reset()], ""));

test("a peer that goes on after its own reset ends the connection", () =>
  answers((peer) => [open(peer), reset(), data()], GOAWAY_1(ERROR.streamClosed), silent));

test("what was on its way when we reset a stream is no offence", async () => {
  const { peer } = rawDownstream({
    ...echo,
    request: (_, stream) => {
      stream.reset({ code: "overflow", side: "proxy", retry: "never", detail: "" });
      return { data() {}, end() {}, fail() {}, drained() {} };
    },
  });
  peer.send(open(peer));
  await settle();
  const late = frame(FRAME.headers, 5, 1, peer.block("x", "y"));
  peer.send(data(), late, frame(8, 0, 1, uint32(5)), frame(3, 0, 1, uint32(8)));
  await settle();
  assert.deepEqual(peer.errors, [RESET_1(ERROR.internal)]);
});

test("a body that isn't as long as its content-length is malformed, either way", async () => {
  const head = (peer: RawPeer) =>
    frame(FRAME.headers, endHeaders, 1, peer.block(...HEAD, "content-length", "3"));
  await answers((peer) => [head(peer), data(0, "four")], RESET_1(ERROR.protocol), silent);
  await answers((peer) => [head(peer), data(endStream, "ab")], RESET_1(ERROR.protocol), silent);
  await answers((peer) => [head(peer), data(endStream, "abc")], "", silent);
});

test("what doesn't begin as HTTP/2 is told so", async () => {
  for (const first of [
    Buffer.from("GET / HTTP/1.1\r\n\r\n"),
    Buffer.from(`${PREFACE.slice(0, 20)}!`),
  ]) {
    const { peer } = rawDownstream(echo, [first]);
    await settle();
    assert.deepEqual(peer.errors, [GOAWAY_0(ERROR.protocol)]);
    assert.ok(peer.hasEnded);
  }
});

test("the first frame must be SETTINGS", async () => {
  for (const first of [frame(6, 0, 0, Buffer.alloc(8)), frame(4, 1, 0)]) {
    const { peer } = rawDownstream(echo, [Buffer.from(PREFACE), first]);
    await settle();
    assert.deepEqual(peer.errors, [GOAWAY_0(ERROR.protocol)]);
  }
});

test("unknown frames, unknown settings and priorities are ignored, PING is answered", async () => {
  const { peer } = rawDownstream(echo);
  const ping = Buffer.from("12345678");
  peer.send(
    frame(77, 0xff, 3, ping),
    frame(78, 0, 0, ping.subarray(0, 3)),
    settings(0xabc, 5),
    frame(2, 0, 9, Buffer.alloc(5)),
  );
  peer.send(frame(FRAME.ping, 0, 0, ping));
  await settle();
  assert.deepEqual(peer.errors, []);
  const [answer] = peer.of(FRAME.ping);
  assert.deepEqual([answer?.flags, `${answer?.payload}`], [FLAG.ack, "12345678"]);
  assert.equal(peer.of(FRAME.settings).filter(({ flags }) => flags === FLAG.ack).length, 2);
});

// Answers nothing, and reads.
const silent = {
  ...echo,
  request: () => ({ data() {}, end() {}, fail() {}, drained() {} }),
};

async function answers(
  frames: (peer: RawPeer) => Buffer[],
  expected: string,
  acceptor = echo,
): Promise<void> {
  const { peer } = rawDownstream(acceptor);
  peer.send(...frames(peer));
  await settle();
  assert.deepEqual(peer.errors, expected === "" ? [] : [expected]);
  if (expected.startsWith("goaway")) assert.ok(peer.hasEnded);
}
