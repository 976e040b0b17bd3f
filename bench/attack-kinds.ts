// What attackers say, event by event, and what the limits grant them: cases of 1.1, 1.2 and 1.4 of
// the hardening reference. Heads are as long as those of honest requests, so that bytes compare.

import { LIMITS } from "#base/limits.ts";
import { ERROR, FLAG, FRAME, SETTING } from "#proxy/http2/frame-types.ts";
import { frame, settings, uint32 } from "#proxy/http2/raw-peer.ts";
import { block, headers } from "../test/support/raw-http2.ts";

export type AttackKind = {
  readonly name: string;
  // The application's side of its own sidecar, or a peer's side of another one.
  readonly on: "outbound" | "mesh";
  // Floods until it is cut off, and comes back; says a little from time to time; or asks once and
  // then reads nothing.
  readonly does: "flood" | "trickle" | "deaf";
  readonly connections: number;
  // Whose processor time its own is held against.
  readonly honest: Honest;
  // How long it may last, undefined: no longer than the measurement.
  readonly cutWithinMs: number | undefined;
  // What the limits let so many connections have.
  readonly limitBytes: number;
  readonly limit: string;
  readonly eventsAtOnce: number;
  // The SETTINGS of a peer of the mesh.
  readonly first: Buffer;
  readonly event: (said: Said, i: number) => Buffer;
};

// Valid requests: with little in them and in their answers, with a body, or for a large answer
// that is read to its end.
export type Honest = "small" | "bodies" | "answers";

export type Said = { readonly path: string; readonly workloadPort: number };

const BUFFERS = {
  limitBytes: LIMITS.readBufferBytes + LIMITS.writeHighWaterBytes,
  limit: "readBufferBytes + writeHighWaterBytes",
};
const HEAD = { limitBytes: LIMITS.headBytesMax, limit: "headBytesMax" };
const BLOCK = { limitBytes: LIMITS.headerBlockBytesMax, limit: "headerBlockBytesMax" };
// Of a connection with all its streams open.
const STREAMS = {
  limitBytes: LIMITS.streamsPerConnectionMax * LIMITS.streamWindowBytes,
  limit: "streamsPerConnectionMax x streamWindowBytes",
};
const FLOOD = { does: "flood", connections: 4, cutWithinMs: 1_000, eventsAtOnce: 25 } as const;
const TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const SLOWLORIS_BYTES = 24 * 1024;
const BODY = Buffer.alloc(64 * 1024, "b");

const ON_MESH: readonly AttackKind[] = [
  {
    ...mesh("rapid reset (CVE-2023-44487)", ({ workloadPort }, i) => [
      headers(id(i), fields("GET", workloadPort)),
      frame(FRAME.reset, 0, id(i), uint32(ERROR.cancel)),
    ]),
    ...granted(STREAMS, FLOOD.connections),
  },
  {
    ...mesh("made you reset (CVE-2025-8671)", ({ workloadPort }, i) => [
      headers(id(i), fields("POST", workloadPort), false),
      frame(FRAME.windowUpdate, 0, id(i), uint32(0)),
    ]),
    ...granted(STREAMS, FLOOD.connections),
  },
  {
    ...mesh("CONTINUATION (CVE-2024-27919)", ({ workloadPort }, i) => [
      i === 0
        ? frame(FRAME.headers, 0, 1, block(...fields("POST", workloadPort)))
        : frame(FRAME.continuation, 0, 1, block("x", "y".repeat(100))),
    ]),
    ...granted(BLOCK, FLOOD.connections),
  },
  mesh("SETTINGS (CVE-2019-9515)", () => [settings(SETTING.initialWindow, 65_535)]),
  mesh("PING (CVE-2019-9512)", () => [frame(FRAME.ping, 0, 0, Buffer.alloc(8))]),
  mesh("empty DATA (CVE-2019-9518)", ({ workloadPort }, i) => [
    i === 0 ? headers(1, fields("POST", workloadPort), false) : frame(FRAME.data, 0, 1),
  ]),
  mesh("PRIORITY (CVE-2019-9513)", (_, i) => [frame(FRAME.priority, 0, id(i), Buffer.alloc(5))]),
  mesh("WINDOW_UPDATE", () => [frame(FRAME.windowUpdate, 0, 0, uint32(1))]),
  {
    ...mesh("HPACK bomb (CVE-2026-47774)", ({ workloadPort }, i) => [
      frame(FRAME.headers, FLAG.endHeaders, id(i), bomb(workloadPort)),
    ]),
    ...granted({ limitBytes: LIMITS.headerBombBytes, limit: "headerBombBytes" }, FLOOD.connections),
  },
  {
    ...mesh("slow reader of 100 streams", ({ workloadPort }, i) => [
      headers(id(i), fields("GET", workloadPort, "/large")),
    ]),
    ...{ does: "deaf", connections: 4, eventsAtOnce: 100, cutWithinMs: undefined },
    ...granted({ limitBytes: 100 * LIMITS.streamWindowBytes, limit: "100 x streamWindowBytes" }, 4),
    first: settings(SETTING.initialWindow, 0),
  },
];

const ON_OUTBOUND: readonly AttackKind[] = [
  {
    ...plain("one-byte chunks (CVE-2020-8659)", ({ path }, i) =>
      i === 0 ? `${head("POST", path)}transfer-encoding: chunked\r\n\r\n` : "1\r\nx\r\n",
    ),
    // It is a body like any other.
    ...{ cutWithinMs: undefined, eventsAtOnce: 1_000 },
  },
  plain("chunk extensions (CVE-2024-22019)", ({ path }, i) =>
    i === 0
      ? `${head("POST", path)}transfer-encoding: chunked\r\n\r\n`
      : `1;${"e".repeat(200)}\r\nx\r\n`,
  ),
  {
    ...plain(
      "too many fields",
      ({ path }) => `${head("GET", path)}${"x-field: some value\r\n".repeat(200)}\r\n`,
    ),
    ...granted(HEAD, FLOOD.connections),
  },
  {
    ...plain(
      "too long a head",
      ({ path }) => `${head("GET", path)}x-long: ${"v".repeat(LIMITS.headBytesMax)}\r\n\r\n`,
    ),
    ...granted(HEAD, FLOOD.connections),
  },
  plain("malformed requests", () => "BAD\r\n\r\n"),
  {
    ...plain("slowloris x 500", ({ path }, i) =>
      i === 0 ? `${head("GET", path)}x-slow: ${"v".repeat(SLOWLORIS_BYTES)}` : "v",
    ),
    ...{ does: "trickle", connections: 500, cutWithinMs: LIMITS.headTimeoutMs + 2_000 },
    ...granted(HEAD, 500),
  },
  {
    ...plain("slow reader x 50", ({ path }) => `${head("GET", `${path}/large`)}\r\n`),
    ...{ does: "deaf", connections: 50, eventsAtOnce: 10, cutWithinMs: undefined },
    ...{ honest: "answers", ...granted(BUFFERS, 50) },
  },
];

export const ATTACK_KINDS: readonly AttackKind[] = [...ON_MESH, ...ON_OUTBOUND];

// What everybody else does; on the mesh "small" only.
export function honestRequest(
  on: AttackKind["on"],
  honest: Honest,
  { path, workloadPort }: Said,
  i: number,
): Buffer {
  if (on === "mesh") return headers(id(i), fields("GET", workloadPort));
  if (honest === "small") return Buffer.from(`${head("GET", path)}\r\n`);
  if (honest === "answers") return Buffer.from(`${head("GET", `${path}/large`)}\r\n`);
  const post = `${head("POST", path)}content-length: ${BODY.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(post), BODY]);
}

function mesh(name: string, event: (said: Said, i: number) => readonly Buffer[]): AttackKind {
  return {
    ...{ name, on: "mesh", honest: "small", ...FLOOD, ...granted(BUFFERS, FLOOD.connections) },
    ...{ first: settings(), event: (said, i) => Buffer.concat(event(said, i)) },
  };
}

function plain(name: string, event: (said: Said, i: number) => string): AttackKind {
  return {
    ...{ name, on: "outbound", honest: "small", ...FLOOD, ...granted(BUFFERS, FLOOD.connections) },
    ...{ first: settings(), event: (said, i) => Buffer.from(event(said, i), "latin1") },
  };
}

type Limit = Pick<AttackKind, "limitBytes" | "limit">;

function granted({ limitBytes, limit }: Limit, connections: number): Limit {
  return { limitBytes: connections * limitBytes, limit: `${connections} x (${limit})` };
}

function id(i: number): number {
  return 2 * i + 1;
}

function head(method: string, path: string): string {
  return (
    `${method} ${path} HTTP/1.1\r\nhost: backend:80\r\nuser-agent: weft-bench\r\n` +
    `x-request-id: 2f1c1d8e-3b0a-4a55-9d8e-6a2f0b9c7d11\r\ntraceparent: ${TRACE}\r\n` +
    "cookie: session=1234567890abcdef\r\n"
  );
}

function fields(method: string, workloadPort: number, path = "/books/1"): string[] {
  return [
    ...[":method", method, ":scheme", "http", ":authority", "backend:80", ":path", path],
    ...["weft-port", String(workloadPort), "user-agent", "weft-bench"],
    ...["x-request-id", "2f1c1d8e-3b0a-4a55-9d8e-6a2f0b9c7d11", "traceparent", TRACE],
    ...["cookie", "session=1234567890abcdef"],
  ];
}

// One large entry for the table, and references to it.
function bomb(workloadPort: number): Buffer {
  const literal = block("cookie", "v".repeat(3_900));
  literal[0] = 0x40;
  const start = block(...fields("GET", workloadPort));
  return Buffer.concat([start, literal, Buffer.alloc(1_000, 0xbe)]);
}
