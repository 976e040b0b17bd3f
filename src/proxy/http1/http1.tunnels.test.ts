// Tunnels of both connections against Node's own HTTP, over real sockets.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import type { Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { DownstreamStream, RequestEvents, UpstreamStream } from "#proxy/exchange/exchange.ts";
import { Answered, dial, listen, textOf } from "./socket-rig.ts";
import { requestHead } from "./test-rig.ts";

const MIB = 1024 * 1024;
const UPGRADE = { connection: "Upgrade", upgrade: "Echo" };

test("Node's client gets its bytes back through an upgrade and through CONNECT", async (t) => {
  const port = await listenEchoing(t);
  const upgrade = request({ port, headers: UPGRADE, agent: false });
  const connect = request({ port, method: "CONNECT", path: "b:80", agent: false });
  for (const [asking, event, status] of [
    [upgrade, "upgrade", 101],
    [connect, "connect", 200],
  ] as const) {
    asking.end();
    const [answer, socket] = (await once(asking, event)) as [IncomingMessage, Socket];
    assert.equal(answer.statusCode, status);
    assert.equal(answer.headers.upgrade, status === 101 ? "echo" : undefined);
    socket.end("x".repeat(4 * MIB));
    assert.equal((await textOf(socket)).length, 4 * MIB);
  }
});

test("Node's client sees a tunnel that was reset as broken", async (t) => {
  const port = await listen(t, {
    request: (_, stream) => {
      stream.respond({ status: 101, headers: [], contentLength: -1 });
      return { ...QUIET, data: () => stream.reset(RESET) };
    },
    refuse: () => ({ status: 400, headers: [], contentLength: 0 }),
  });
  const asking = request({ port, headers: UPGRADE, agent: false });
  asking.end();
  const [, socket] = (await once(asking, "upgrade")) as [IncomingMessage, Socket];
  socket.write("x");
  const [error] = (await once(socket, "error")) as [NodeJS.ErrnoException];
  assert.equal(error.code, "ECONNRESET");
});

test("Node's WebSocket opens, whoever answered without HTTP/1's proof", async (t) => {
  const port = await listen(t, {
    request: (_, stream) => {
      stream.respond({ status: 101, headers: [], contentLength: -1 });
      // A text frame, not masked.
      stream.write(Buffer.from("\x81\x05hello", "latin1"));
      return QUIET;
    },
    refuse: () => ({ status: 400, headers: [], contentLength: 0 }),
  });
  const socket = new WebSocket(`ws://127.0.0.1:${port}/chat`);
  const text = await new Promise((resolve, reject) => {
    socket.onmessage = ({ data }) => resolve(data);
    socket.onerror = () => reject(new Error("not opened"));
  });
  assert.equal(text, "hello");
  socket.onerror = null;
});

test("Node's server gives our bytes back through an upgrade and through CONNECT", async (t) => {
  for (const head of [
    requestHead({ upgrade: "echo" }),
    requestHead({ method: "CONNECT", authority: "b:80", path: "" }),
  ]) {
    const { connection, told, closed } = await dial(t, echoServer(t));
    const answered = new Tunnel();
    const stream = connection.open(head, answered);
    await answered.opened;
    let left = 4 * MIB;
    const send = () => {
      while (left > 0) {
        left -= 16_384;
        if (!stream.write(Buffer.alloc(16_384, "x"))) return;
      }
      stream.end();
    };
    answered.drained = send;
    send();
    await answered.over;
    assert.deepEqual([answered.failure, answered.body.length], [undefined, 4 * MIB]);
    await closed;
    assert.deepEqual(told, ["draining", "closed"]);
  }
});

test("Node's server that knows no upgrade answers, and the connection is used again", async (t) => {
  const server = createServer((asked, answer) => answer.end(asked.url));
  const { connection, told } = await dial(t, server);
  for (const path of ["/1", "/2"]) {
    const answered = new Answered();
    connection.open(requestHead({ path, upgrade: "echo" }), answered);
    await answered.over;
    assert.deepEqual([answered.answer?.status, answered.body], [200, path]);
  }
  assert.deepEqual(told, ["slots", "slots"]);
});

test("Node's server that resets a tunnel fails it", async (t) => {
  const server = createServer();
  server.on("upgrade", (_, socket: Socket) => {
    socket.write(SWITCHED);
    socket.once("data", () => socket.resetAndDestroy());
  });
  const { connection } = await dial(t, server);
  const answered = new Tunnel();
  const stream = connection.open(requestHead({ upgrade: "echo" }), answered);
  await answered.opened;
  stream.write(Buffer.from("x"));
  await answered.over;
  assert.equal(answered.failure?.code, "upstream-reset");
});

test("a tunnel that is over doesn't wait for ever for a peer that fetches nothing", async (t) => {
  const server = createServer();
  server.on("upgrade", (_, socket: Socket) => {
    socket.end(SWITCHED);
    socket.pause();
    socket.on("error", () => {});
    t.after(() => socket.destroy());
  });
  const clock = new FakeClock();
  const { connection, closed, told } = await dial(t, server, clock);
  const answered = new Tunnel();
  const stream = connection.open(requestHead({ upgrade: "echo" }), answered);
  await answered.over;
  fill(stream);
  stream.end();
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(told, ["draining"]);
  clock.advance(LIMITS.streamIdleMs + 20);
  await closed;
  assert.deepEqual([told, answered.failure], [["draining", "closed"], undefined]);
});

const QUIET: RequestEvents = { data() {}, end() {}, fail() {}, drained() {} };
const RESET = { code: "upstream-reset", side: "upstream", retry: "never", detail: "" } as const;
const SWITCHED = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";

class Tunnel extends Answered {
  #resolve: () => void = () => {};
  readonly opened = new Promise<void>((resolve) => {
    this.#resolve = resolve;
  });

  override head(head: Parameters<Answered["head"]>[0]): void {
    super.head(head);
    this.#resolve();
  }
}

// More than the kernel takes from who doesn't wait for `drained`.
function fill(stream: UpstreamStream): void {
  for (let i = 0; i < 16; i++) stream.write(Buffer.alloc(MIB));
}

function listenEchoing(t: TestContext): Promise<number> {
  return listen(t, {
    request: ({ method }, stream) => {
      const status = method === "CONNECT" ? 200 : 101;
      // Later, as somebody who has to ask an upstream first.
      setImmediate(() => stream.respond({ status, headers: [], contentLength: -1 }));
      return echo(stream);
    },
    refuse: () => ({ status: 400, headers: [], contentLength: 0 }),
  });
}

function echo(stream: DownstreamStream): RequestEvents {
  return {
    data: (chunk) => {
      if (!stream.write(chunk)) stream.pause();
    },
    end: () => stream.end(),
    fail: () => {},
    drained: () => stream.resume(),
  };
}

function echoServer(t: TestContext): Server {
  const server = createServer();
  const answerWith = (text: string) => (_: IncomingMessage, socket: Socket) => {
    t.after(() => socket.destroy());
    socket.write(text);
    socket.pipe(socket);
  };
  server.on("upgrade", answerWith(SWITCHED));
  server.on("connect", answerWith("HTTP/1.1 200 OK\r\n\r\n"));
  return server;
}
