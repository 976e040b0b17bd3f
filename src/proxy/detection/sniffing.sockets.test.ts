// What is sniffed on real sockets, which read into a buffer that they share.

import assert from "node:assert/strict";
import { connect } from "node:net";
import { type TestContext, test } from "node:test";
import { systemClock } from "#base/clock.ts";
import { Deadlines } from "#base/deadlines.ts";
import { netListen } from "#proxy/transport/net-listen.ts";
import { detectProtocol } from "./detect-protocol.ts";
import type { ReplayStream } from "./replay-stream.ts";
import { sniff } from "./sniffing-stream.ts";

const BYTES = 1_000_000;

test("a megabyte that was sniffed arrives whole, and its answer too", async (t) => {
  const port = await sniffing(t, 5_000);
  const sent = Buffer.alloc(BYTES, "GET / HTTP/1.1\r\n");
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  t.after(() => socket.destroy());
  socket.write(sent.subarray(0, 5));
  socket.end(sent.subarray(5));
  const received: Buffer[] = [];
  for await (const chunk of socket) received.push(chunk as Buffer);
  assert.equal(Buffer.concat(received).toString("latin1"), `http1${sent.toString("latin1")}`);
});

test("who waits to be spoken to is spoken to when the time is over", async (t) => {
  const port = await sniffing(t, 20);
  const socket = connect({ port, host: "127.0.0.1" });
  t.after(() => socket.destroy());
  const heard = await new Promise((resolve) => socket.once("data", resolve));
  assert.equal(String(heard), "timeout");
});

// Says what it takes a connection for, and then gives back what it reads.
async function sniffing(t: TestContext, timeoutMs: number): Promise<number> {
  const deadlines = new Deadlines(systemClock);
  const listener = await netListen({ address: "127.0.0.1", port: 0 }, (stream) => {
    sniff<string>(stream, deadlines, timeoutMs, {
      decide(bytes) {
        const detected = detectProtocol(bytes);
        return detected === "undecided" ? undefined : detected;
      },
      done(verdict, replay) {
        replay.write(Buffer.from(verdict));
        // Whoever it goes to may need a while.
        setTimeout(() => echo(replay), 10);
      },
      closed() {},
    });
    t.after(() => stream.destroy());
  });
  t.after(() => listener.close());
  return listener.port;
}

function echo(replay: ReplayStream): void {
  replay.attach({
    data(bytes) {
      if (!replay.write(Buffer.from(bytes))) replay.pause();
    },
    ended: () => replay.end(),
    drained: () => replay.resume(),
    closed() {},
  });
}
