import assert from "node:assert/strict";
import { once } from "node:events";
import {
  constants,
  createServer,
  type Http2Server,
  type Http2Session,
  type ServerHttp2Stream,
  type Settings,
} from "node:http2";
import { type AddressInfo, createServer as createListener, type Socket } from "node:net";
import { test } from "node:test";
import { LOAD_DEFAULTS, type LoadOptions } from "./load-options.ts";
import { mixOf } from "./mixes.ts";
import type { RequestShape } from "./request-shape.ts";
import { runLoad } from "./run-load.ts";

type Answer = (stream: ServerHttp2Stream, headers: Readonly<Record<string, unknown>>) => void;

const GET = { method: "GET", path: "/", headers: [], body: "", weight: 1 } as const;
const HTTP1_ANSWER = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n";

test("each connection has as many requests under way as it has streams, and no more", async () => {
  const streams: number[] = [];
  let most = 0;
  await using target = await listen((stream) => {
    streams.push(stream.session!.socket.remotePort!);
    most = Math.max(most, ++target.open);
    setTimeout(() => {
      target.open--;
      stream.respond({ ":status": 200 });
      stream.end("hello");
    }, 10);
  });
  const load = { ...options(target.url), connections: 2, streams: 3, requestsMax: 60 };
  const result = await runLoad(load);
  assert.deepEqual([result.requests, result.answers, most], [60, 60, 6]);
  assert.equal(new Set(streams).size, 2);
  assert.deepEqual([result.protocol, result.streams, result.bodyBytes], ["http2", 3, 300]);
});

test("a target that allows fewer streams gets fewer, and every request is answered", async () => {
  let most = 0;
  await using target = await listen(
    (stream) => {
      most = Math.max(most, ++target.open);
      setTimeout(() => {
        target.open--;
        stream.respond({ ":status": 204 }, { endStream: true });
      }, 2);
    },
    { maxConcurrentStreams: 2 },
  );
  const result = await runLoad({ ...options(target.url), streams: 5, requestsMax: 40 });
  assert.deepEqual([result.succeeded, most], [40, 2]);
});

test("headers arrive as they were written, first on a connection and later", async () => {
  const seen: Readonly<Record<string, unknown>>[] = [];
  await using target = await listen((stream, headers) => {
    seen.push(headers);
    stream.respond({ ":status": 204 }, { endStream: true });
  });
  const long = "v".repeat(300);
  const headers = [
    ["X-Id", "{id}"],
    ["accept-encoding", "gzip, deflate"],
    ["x-long", long],
    ["x-number", "{n}"],
  ] as const;
  const shapes = [
    { ...GET, path: "/a?b={n}", headers },
    { ...GET, path: "/" },
  ];
  await runLoad({ ...options(target.url), shapes, requestsMax: 6 });
  assert.deepEqual(
    seen.map((one) => one[":path"]),
    ["/a?b=0", "/", "/a?b=2", "/", "/a?b=4", "/"],
  );
  const some = seen.filter((one) => one["x-long"] === long);
  assert.deepEqual(
    some.map((one) => one["x-number"]),
    ["0", "2", "4"],
  );
  assert.equal(new Set(some.map((one) => one["x-id"])).size, 3);
  assert.ok(some.every((one) => one["accept-encoding"] === "gzip, deflate"));
  assert.ok(seen.every((one) => one[":authority"] === new URL(target.url).host));
});

test("more headers than a table holds, or a smaller table, change nothing in them", async () => {
  const many = Array.from({ length: 90 }, (_, i) => [`x-${i}`, "v".repeat(i)] as const);
  const values = many.map(([, value]) => value);
  for (const headerTableSize of [4096, 100, 0]) {
    const seen: unknown[][] = [];
    await using target = await listen(
      (stream, headers) => {
        seen.push(many.map(([name]) => headers[name]));
        stream.respond({ ":status": 204 }, { endStream: true });
      },
      { headerTableSize },
    );
    const shapes = [{ ...GET, headers: many }];
    await runLoad({ ...options(target.url), shapes, requestsMax: 3 });
    assert.deepEqual(seen, [values, values, values], `a table of ${headerTableSize}`);
  }
});

test("bodies larger than every window arrive whole in both directions", async () => {
  let sent = 0;
  await using target = await listen((stream) => {
    stream.on("data", (bytes: Buffer) => (sent += bytes.length));
    stream.on("end", () => {
      stream.respond({ ":status": 200 });
      stream.end(Buffer.alloc(1_048_576));
    });
  });
  const shapes = mixOf("single", "/", 300_000);
  const load = { ...options(target.url), shapes, streams: 3, requestsMax: 12 };
  const result = await runLoad(load);
  assert.deepEqual([result.succeeded, result.bodyBytes], [12, 12 * 1_048_576]);
  assert.equal(sent, 12 * 300_000);
});

test("a unary call of gRPC counts by the status in its trailers", async () => {
  const seen: Readonly<Record<string, unknown>>[] = [];
  let number = 0;
  await using target = await listen((stream, headers) => {
    seen.push(headers);
    const status = number++ % 3 === 0 ? "14" : "0";
    answerCall(stream, Buffer.from("\0\0\0\0\u0005hello"), status);
  });
  const load = { ...options(target.url), shapes: mixOf("grpc", "/", 200), requestsMax: 9 };
  const result = await runLoad(load);
  assert.deepEqual(result.grpcStatuses, [
    [0, 6],
    [14, 3],
  ]);
  assert.deepEqual([result.answers, result.succeeded, result.bodyBytes], [9, 6, 90]);
  assert.ok(seen.every((one) => one["te"] === "trailers" && one[":method"] === "POST"));
});

test("a call without a status, or with half a message, is a fault", async () => {
  const wrong: readonly Answer[] = [
    (stream) => answerCall(stream, Buffer.from("\0\0\0\0\u0005hello"), undefined),
    (stream) => answerCall(stream, Buffer.from("\0\0\0\0\u0006hello"), "0"),
    (stream) => answerCall(stream, Buffer.from("\0\0"), "0"),
  ];
  for (const answer of wrong) {
    await using target = await listen(answer);
    const load = { ...options(target.url), shapes: mixOf("grpc", "/"), requestsMax: 2 };
    assert.equal((await runLoad(load)).errors.framing, 2);
  }
});

test("a connection that goes away loses no request", async () => {
  let answered = 0;
  await using target = await listen((stream) => {
    if (++answered % 10 === 0) stream.session!.close();
    stream.respond({ ":status": 204 }, { endStream: true });
  });
  const load = { ...options(target.url), connections: 2, streams: 4, requestsMax: 300 };
  const result = await runLoad(load);
  assert.deepEqual([result.succeeded, result.errors.reset], [300, 0]);
  assert.ok(target.sessions > 4, `${target.sessions} connections`);
});

test("what goes wrong is counted by its kind", async () => {
  const behaviours: Record<string, Answer> = {
    reset: (stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM),
    framing: (stream) => {
      stream.respond({ ":status": 200, "content-length": 3 }, { endStream: true });
    },
    timeout: () => true,
  };
  for (const [kind, behave] of Object.entries(behaviours)) {
    await using target = await listen(behave);
    const load = { ...options(target.url), streams: 2, requestsMax: 4, requestTimeoutMs: 80 };
    const result = await runLoad(load);
    assert.equal(result.errors[kind as keyof typeof result.errors], 4, kind);
    assert.deepEqual([result.answers, result.abandoned], [0, 0], kind);
  }
});

test("another protocol, an end and a break are told apart", async () => {
  const behaviours = {
    framing: (socket: Socket) => socket.write(HTTP1_ANSWER),
    cut: (socket: Socket) => socket.end(),
    reset: (socket: Socket) => socket.resetAndDestroy(),
  };
  for (const [kind, behave] of Object.entries(behaviours)) {
    const listener = createListener((socket) => {
      socket.on("error", () => {}).once("data", () => behave(socket));
    });
    await once(listener.listen(0, "127.0.0.1"), "listening");
    const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
    const result = await runLoad({ ...options(url), requestsMax: 3 });
    listener.close();
    assert.equal(result.errors[kind as keyof typeof result.errors], 3, kind);
  }
});

test("without keep-alive every request has its own connection", async () => {
  await using target = await listen((stream) =>
    stream.respond({ ":status": 204 }, { endStream: true }),
  );
  const load = { ...options(target.url), connections: 3, keepsAlive: false, requestsMax: 20 };
  const result = await runLoad(load);
  assert.deepEqual([result.succeeded, target.sessions], [20, 20]);
  assert.throws(() => runLoad({ ...load, streams: 2 }), RangeError);
});

function answerCall(stream: ServerHttp2Stream, body: Buffer, status: string | undefined): void {
  const waitForTrailers = status !== undefined;
  stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers });
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": status }));
  stream.end(body);
}

function options(target: string): LoadOptions {
  const shapes: readonly RequestShape[] = [GET];
  const loop = { kind: "closed" } as const;
  return { ...LOAD_DEFAULTS, protocol: "http2", target, shapes, loop, connections: 1 };
}

async function listen(answer: Answer, settings: Settings = {}) {
  const sessions = new Set<Http2Session>();
  const listener: Http2Server = createServer({ settings });
  const found = { open: 0, sessions: 0, url: "", [Symbol.asyncDispose]: close };
  listener.on("session", (session) => {
    found.sessions++;
    sessions.add(session.on("error", () => {}).on("close", () => sessions.delete(session)));
  });
  listener.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    answer(stream as ServerHttp2Stream, headers);
  });
  await once(listener.listen(0, "127.0.0.1"), "listening");
  found.url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  return found;

  async function close(): Promise<void> {
    for (const session of sessions) session.destroy();
    await new Promise((resolve) => listener.close(() => resolve(undefined)));
  }
}
