// A tunnel from socket to socket: what an asker sends through both connections to an echo.

import assert from "node:assert/strict";
import { connect, createServer, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { systemClock } from "#base/clock.ts";
import { Deadlines } from "#base/deadlines.ts";
import { LimitsInForce } from "#base/limits-in-force.ts";
import type {
  DownstreamStream,
  RequestAcceptor,
  RequestEvents,
  UpstreamStream,
} from "#proxy/exchange/exchange.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import { BlockPool } from "#proxy/transport/block-pool.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import { netDial } from "#proxy/transport/net-dial.ts";
import { netListen } from "#proxy/transport/net-listen.ts";
import { TickFlusher } from "#proxy/transport/tick-flusher.ts";
import { TcpClientConnection } from "./tcp-client-connection.ts";
import { TcpServerConnection } from "./tcp-server-connection.ts";

const BYTES = 3_000_000;

test("megabytes pass both ways through a tunnel, whole, and both ends end", async (t) => {
  const tunnel = await tunnelTo(t, await echoing(t, (socket) => socket.pipe(socket)));
  const sent = Buffer.from(Array.from({ length: BYTES }, (_, i) => (i * 7 + (i >> 8)) & 0xff));
  const asker = dialled(t, tunnel);
  asker.end(sent);
  const received: Buffer[] = [];
  for await (const chunk of asker) received.push(chunk as Buffer);
  assert.ok(Buffer.concat(received).equals(sent));
});

test("who is dialled may speak first through a tunnel", async (t) => {
  const tunnel = await tunnelTo(t, await echoing(t, (socket) => void socket.write("220 hello")));
  const asker = dialled(t, tunnel);
  const greeting = await new Promise((resolve) => asker.once("data", resolve));
  assert.equal(String(greeting), "220 hello");
});

test("a reset behind a tunnel is a reset before it", async (t) => {
  const port = await echoing(t, (socket) => socket.once("data", () => socket.resetAndDestroy()));
  const asker = dialled(t, await tunnelTo(t, port));
  asker.write("anything");
  const code = await new Promise((resolve) => {
    asker.once("error", (error: NodeJS.ErrnoException) => resolve(error.code));
    asker.resume();
  });
  assert.equal(code, "ECONNRESET");
});

function dialled(t: TestContext, port: number): Socket {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  t.after(() => socket.destroy());
  return socket;
}

function echoing(t: TestContext, take: (socket: Socket) => void): Promise<number> {
  return new Promise((resolve) => {
    const listener = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on("error", () => {});
      t.after(() => socket.destroy());
      take(socket);
    });
    t.after(() => listener.close());
    listener.listen(0, "127.0.0.1", () => {
      const bound = listener.address();
      resolve(typeof bound === "object" && bound ? bound.port : 0);
    });
  });
}

async function tunnelTo(t: TestContext, port: number): Promise<number> {
  const tools: CodecTools = {
    clock: systemClock,
    deadlines: new Deadlines(systemClock),
    flusher: new TickFlusher(setImmediate),
    blocks: new BlockPool(),
    limits: new LimitsInForce(),
  };
  const acceptor = new Splicer(tools, port);
  const listener = await netListen({ address: "127.0.0.1", port: 0 }, (stream) => {
    const key = `127.0.0.1:${port}`;
    const connection = new TcpServerConnection(stream, key, acceptor, tools, () => {});
    t.after(() => connection.destroy());
  });
  t.after(() => listener.close());
  return listener.port;
}

// The least that a pipeline does: dial, open, and pass on what either side says.
class Splicer implements RequestAcceptor {
  readonly #tools: CodecTools;
  readonly #port: number;

  constructor(tools: CodecTools, port: number) {
    this.#tools = tools;
    this.#port = port;
  }

  request(head: RequestHead, downstream: DownstreamStream): RequestEvents {
    let upstream: UpstreamStream | undefined;
    const owner = { slotsChanged() {}, draining() {}, closed() {} };
    netDial(systemClock)({ address: "127.0.0.1", port: this.#port }, 1000, {
      connected: (stream) => {
        upstream = new TcpClientConnection(stream, owner, this.#tools).open(head, {
          inform() {},
          head: (answer) => downstream.respond(answer),
          data: (chunk) => void (downstream.write(chunk) || upstream!.pause()),
          end: () => downstream.end(),
          fail: (failure) => downstream.reset(failure),
          drained: () => downstream.resume(),
        });
      },
      failed: (failure) => assert.fail(failure.detail),
    });
    return {
      data: (chunk) => void (upstream!.write(chunk) || downstream.pause()),
      end: () => upstream!.end(),
      fail: () => upstream?.cancel(),
      drained: () => upstream!.resume(),
    };
  }

  refuse(): never {
    throw new Error("bytes are never refused");
  }
}
