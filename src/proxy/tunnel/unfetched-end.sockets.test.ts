// Tunnels that are over, and whose peers don't fetch what was written last.

import assert from "node:assert/strict";
import { connect, createServer, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { systemClock } from "#base/clock.ts";
import { Deadlines } from "#base/deadlines.ts";
import { FakeClock } from "#base/fake-clock.ts";
import { LIMITS } from "#base/limits.ts";
import { LimitsInForce } from "#base/limits-in-force.ts";
import { BlockPool } from "#proxy/transport/block-pool.ts";
import { netDial } from "#proxy/transport/net-dial.ts";
import { netListen } from "#proxy/transport/net-listen.ts";
import { TickFlusher } from "#proxy/transport/tick-flusher.ts";
import { TcpClientConnection } from "./tcp-client-connection.ts";
import { TcpServerConnection } from "./tcp-server-connection.ts";
import { CONNECT, OPENED, Record, RecordingAcceptor } from "./test-rig.ts";

// More than a kernel takes.
const TAIL = Buffer.alloc(32 * 1024 * 1024);
const HOST = "127.0.0.1";

test("who asked for a tunnel has its time to fetch the end of it, and no more", async (t) => {
  const { clock, tools } = turned();
  const closed = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  const acceptor = new RecordingAcceptor();
  const listener = await netListen({ address: HOST, port: 0 }, (stream) => {
    new TcpServerConnection(stream, "redis:6379", acceptor, tools, closed.resolve);
    opened.resolve();
  });
  t.after(() => listener.close());
  const peer = sleeping(t, connect({ host: HOST, port: listener.port, allowHalfOpen: true }));
  await opened.promise;
  const answering = acceptor.stream!;
  answering.respond(OPENED);
  answering.write(TAIL);
  answering.end();
  peer.end();
  await until(() => acceptor.events.told.includes("end"));
  await assertEndsAtLimit(clock, closed.promise);
});

test("who was asked has its time to fetch the end of a tunnel, and no more", async (t) => {
  const { clock, tools } = turned();
  const closed = Promise.withResolvers<void>();
  const peers = createServer({ allowHalfOpen: true }, (socket) => sleeping(t, socket).end());
  t.after(() => peers.close());
  await new Promise<void>((resolve) => peers.listen(0, HOST, resolve));
  const { port } = peers.address() as { port: number };
  const owner = { slotsChanged() {}, draining() {}, closed: closed.resolve };
  const events = new Record();
  netDial(systemClock)({ address: HOST, port }, 1_000, {
    connected(stream) {
      const asking = new TcpClientConnection(stream, owner, tools).open(CONNECT, events);
      asking.write(TAIL);
      asking.end();
    },
    failed: ({ detail }) => assert.fail(detail),
  });
  await until(() => events.told.includes("end"));
  await assertEndsAtLimit(clock, closed.promise);
});

function turned() {
  const clock = new FakeClock();
  const tools = {
    clock,
    deadlines: new Deadlines(clock),
    flusher: new TickFlusher(setImmediate),
    blocks: new BlockPool(),
    limits: new LimitsInForce(),
  };
  return { clock, tools };
}

function sleeping(t: TestContext, socket: Socket): Socket {
  t.after(() => socket.destroy());
  return socket.on("error", () => {}).pause();
}

async function assertEndsAtLimit(clock: FakeClock, closed: Promise<void>): Promise<void> {
  let isClosed = false;
  void closed.then(() => {
    isClosed = true;
  });
  clock.advance(LIMITS.streamIdleMs - 1_000);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(isClosed, false);
  clock.advance(2_000);
  await closed;
  assert.equal(clock.timersPending, 0);
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}
