// Peers that make the mesh work for nothing: cases 20 to 27 of the hardening reference, on the mesh
// port of a sidecar. Each flood is cut, and meanwhile another connection is served.

import assert from "node:assert/strict";
import { after, before, type TestContext, test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import { ERROR, FLAG, FRAME, SETTING, WINDOW_BYTES_MAX } from "#proxy/http2/frame-types.ts";
import { frame, settings, uint32 } from "#proxy/http2/raw-peer.ts";
import { type HardeningMesh, hardeningMesh } from "./support/hardening-mesh.ts";
import { block, get, headers, RawHttp2 } from "./support/raw-http2.ts";

let mesh!: HardeningMesh;
const cleanups: (() => Promise<void>)[] = [];
before(async () => {
  mesh = await hardeningMesh((run) => cleanups.push(run));
});
after(async () => {
  for (const run of cleanups) await run();
});

type Flood = {
  readonly name: string;
  // One event of it. `id`: of a stream that is new.
  readonly event: (id: number) => readonly Buffer[];
  // The limit; twice as many are sent, since some limits give more as time passes.
  readonly events: number;
  readonly code: number;
};

const POST = [":method", "POST", ...get("/attack").slice(2)];
const RESETS = LIMITS.resetsBurst;
const CONTROLS = LIMITS.controlFramesBurst;
const PING = frame(FRAME.ping, 0, 0, Buffer.alloc(8));
const open = headers(1, POST, false);

const FLOODS: readonly Flood[] = [
  {
    name: "requests that are reset at once (CVE-2023-44487)",
    event: (id) => [headers(id, get("/attack")), frame(FRAME.reset, 0, id, uint32(ERROR.cancel))],
    events: RESETS,
    code: ERROR.enhanceYourCalm,
  },
  {
    name: "streams that make us reset, by a window of nothing (CVE-2025-8671)",
    event: (id) => [headers(id, POST, false), frame(FRAME.windowUpdate, 0, id, uint32(0))],
    events: RESETS,
    code: ERROR.enhanceYourCalm,
  },
  {
    name: "streams that make us reset, by a window that overflows (CVE-2025-8671)",
    event: (id) => [
      headers(id, POST, false),
      frame(FRAME.windowUpdate, 0, id, uint32(WINDOW_BYTES_MAX)),
    ],
    events: RESETS,
    code: ERROR.enhanceYourCalm,
  },
  {
    name: "streams that make us reset, by DATA after their end (CVE-2025-8671)",
    event: (id) => [headers(id, get("/attack")), frame(FRAME.data, 0, id, Buffer.from("x"))],
    events: RESETS,
    code: ERROR.enhanceYourCalm,
  },
  {
    name: "requests that are malformed",
    event: (id) => [headers(id, ["x", "y"])],
    events: RESETS,
    code: ERROR.enhanceYourCalm,
  },
  {
    name: "a head that never ends (CVE-2024-27919)",
    event: (id) =>
      id === 1
        ? [frame(FRAME.headers, 0, 1, block(...POST))]
        : [frame(FRAME.continuation, 0, 1, block("x", "y"))],
    events: LIMITS.continuationsMax,
    code: ERROR.enhanceYourCalm,
  },
  {
    name: "a head of empty pieces (CVE-2019-9518)",
    event: (id) => [
      id === 1 ? frame(FRAME.headers, 0, 1, block(...POST)) : frame(FRAME.continuation, 0, 1),
    ],
    events: LIMITS.continuationsMax,
    code: ERROR.enhanceYourCalm,
  },
  {
    name: "SETTINGS (CVE-2019-9515)",
    event: () => [settings()],
    events: CONTROLS,
    code: ERROR.enhanceYourCalm,
  },
  {
    name: "a SETTINGS frame of a thousand entries (CVE-2020-11080)",
    event: () => [settings(...new Array(2000).fill(SETTING.initialWindow))],
    events: 1,
    code: ERROR.enhanceYourCalm,
  },
  {
    name: "PING (CVE-2019-9512)",
    event: () => [PING],
    events: CONTROLS,
    code: ERROR.enhanceYourCalm,
  },
  {
    name: "PRIORITY (CVE-2019-9513)",
    event: (id) => [frame(FRAME.priority, 0, id, Buffer.alloc(5))],
    events: CONTROLS,
    code: ERROR.enhanceYourCalm,
  },
  {
    name: "WINDOW_UPDATE of the connection",
    event: () => [frame(FRAME.windowUpdate, 0, 0, uint32(1))],
    events: CONTROLS,
    code: ERROR.enhanceYourCalm,
  },
  {
    name: "frames of types that nobody knows",
    event: () => [frame(0xee, 0, 0, Buffer.alloc(100))],
    events: CONTROLS,
    code: ERROR.enhanceYourCalm,
  },
  {
    name: "empty DATA (CVE-2019-9518)",
    event: (id) => [id === 1 ? open : frame(FRAME.data, 0, 1)],
    events: LIMITS.emptyFramesInARowMax + 1,
    code: ERROR.enhanceYourCalm,
  },
  {
    name: "a head of table references that expands without measure",
    event: () => [frame(FRAME.headers, FLAG.endHeaders, 1, bomb("x-bomb"))],
    events: 1,
    code: ERROR.enhanceYourCalm,
  },
  {
    name: "a head of cookie crumbs that expands without measure (CVE-2026-47774)",
    event: () => [frame(FRAME.headers, FLAG.endHeaders, 1, bomb("cookie"))],
    events: 1,
    code: ERROR.enhanceYourCalm,
  },
  {
    name: "a table that is resized beyond its limit",
    event: () => [frame(FRAME.headers, 5, 1, Buffer.from([0x3f, 0xff, 0xff, 0x7f]))],
    events: 1,
    code: ERROR.compression,
  },
  {
    name: "an HPACK integer of ten bytes",
    event: () => [frame(FRAME.headers, 5, 1, Buffer.alloc(10, 0xff))],
    events: 1,
    code: ERROR.compression,
  },
  {
    name: "an HPACK index beyond the table",
    event: () => [frame(FRAME.headers, 5, 1, Buffer.from([0xfe]))],
    events: 1,
    code: ERROR.compression,
  },
  {
    name: "a connection window that overflows",
    event: () => [frame(FRAME.windowUpdate, 0, 0, uint32(WINDOW_BYTES_MAX))],
    events: 1,
    code: ERROR.flowControl,
  },
  {
    name: "a frame that is longer than was allowed",
    event: () => [frame(FRAME.data, 0, 1, Buffer.alloc(LIMITS.frameBytesMax + 1))],
    events: 1,
    code: ERROR.frameSize,
  },
];

for (const { name, event, events, code } of FLOODS) {
  test(`who sends ${name} is cut off, and others are served meanwhile`, async (t) => {
    const flooding = await dial(t);
    for (let i = 0; i < events * 2 + 1; i++) flooding.send(...event(2 * i + 1));
    await mesh.assertServes(false);
    assert.ok(await flooding.until(() => flooding.goAway !== undefined), "no GOAWAY");
    assert.equal(flooding.goAway, code);
    assert.ok(await flooding.until(() => flooding.wasClosed), "not closed");
    flooding.destroy();
    await mesh.assertAtRest(false);
  });
}

test("more streams than were granted are refused, and those granted are served", async (t) => {
  const peer = await dial(t);
  const count = LIMITS.streamsPerConnectionMax + 5;
  for (let i = 0; i < count; i++) peer.send(headers(2 * i + 1, POST, false));
  const last = 2 * count - 1;
  assert.ok(await peer.until(() => peer.answersTo(last).length > 0));
  assert.deepEqual(peer.answersTo(last), [`reset ${ERROR.refusedStream}`]);
  peer.send(frame(FRAME.data, FLAG.endStream, 1, Buffer.from("x")));
  assert.ok(await peer.until(() => peer.answersTo(1).length > 0));
  assert.deepEqual(peer.answersTo(1), ["200"]);
  peer.destroy();
  await mesh.assertAtRest(false);
});

test("a peer that opens no window, or one of a byte, gets no more than that", async (t) => {
  const peer = await dial(t);
  peer.send(settings(SETTING.initialWindow, 0));
  const count = 20;
  for (let i = 0; i < count; i++) peer.send(headers(2 * i + 1, get("/large")));
  assert.ok(await peer.until(() => peer.answers.length === count));
  for (let i = 0; i < 10; i++) peer.send(frame(FRAME.windowUpdate, 0, 1, uint32(1)));
  assert.ok(await peer.until(() => peer.dataBytes === 10));
  await mesh.assertServes(false);
  assert.equal(peer.dataBytes, 10);
  peer.destroy();
  await mesh.assertAtRest(false);
});

// One large entry for the table, and references to it.
function bomb(name: string): Buffer {
  const literal = block(name, "v".repeat(3_900));
  literal[0] = 0x40;
  return Buffer.concat([block(...POST), literal, Buffer.alloc(1000, 0xbe)]);
}

async function dial(t: TestContext): Promise<RawHttp2> {
  const peer = await RawHttp2.dial(mesh.caller, mesh.callee);
  t.after(() => peer.destroy());
  return peer;
}
