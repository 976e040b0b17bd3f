// What the tests with real sockets share: both connections, with Node's own HTTP as their peer.

import { once } from "node:events";
import type { Server } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer } from "node:net";
import type { TestContext } from "node:test";
import { type Clock, systemClock } from "#base/clock.ts";
import { Deadlines } from "#base/deadlines.ts";
import { LimitsInForce } from "#base/limits-in-force.ts";
import type { RequestAcceptor } from "#proxy/exchange/exchange.ts";
import { BlockPool } from "#proxy/transport/block-pool.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import { socketStream } from "#proxy/transport/socket-stream.ts";
import { TickFlusher } from "#proxy/transport/tick-flusher.ts";
import { Http1ClientConnection } from "./client-connection.ts";
import { Http1ServerConnection } from "./server-connection.ts";
import { RecordedAnswer } from "./test-rig.ts";

export class Answered extends RecordedAnswer {
  #resolve: () => void = () => {};
  readonly over = new Promise<void>((resolve) => {
    this.#resolve = resolve;
  });

  override end(trailers: readonly string[]): void {
    super.end(trailers);
    this.#resolve();
  }

  override fail(failure: Parameters<RecordedAnswer["fail"]>[0]): void {
    super.fail(failure);
    this.#resolve();
  }
}

function tools(clock: Clock = systemClock): CodecTools {
  return {
    clock,
    deadlines: new Deadlines(clock),
    flusher: new TickFlusher(setImmediate),
    blocks: new BlockPool(),
    limits: new LimitsInForce(),
  };
}

export async function listen(t: TestContext, acceptor: RequestAcceptor): Promise<number> {
  const shared = tools();
  const server = createTcpServer({ allowHalfOpen: true }, (socket) => {
    const connection = new Http1ServerConnection(socketStream(socket), acceptor, shared, () => {});
    t.after(() => connection.destroy());
  });
  return portOf(t, server);
}

export async function dial(t: TestContext, server: Server, clock?: Clock) {
  const socket = connect({ port: await portOf(t, server), allowHalfOpen: true });
  await once(socket, "connect");
  t.after(() => server.closeAllConnections());
  const told: string[] = [];
  const closed = new Promise<unknown>((resolve) => socket.once("close", resolve));
  const owner = {
    slotsChanged: () => void told.push("slots"),
    draining: () => void told.push("draining"),
    closed: () => void told.push("closed"),
  };
  const connection = new Http1ClientConnection(socketStream(socket), owner, tools(clock));
  return { connection, told, closed };
}

async function portOf(t: TestContext, server: ReturnType<typeof createTcpServer>): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => void server.close());
  return (server.address() as AddressInfo).port;
}

export async function textOf(from: AsyncIterable<Buffer>): Promise<string> {
  let text = "";
  for await (const chunk of from) text += chunk;
  return text;
}
