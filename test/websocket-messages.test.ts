// What two WebSocket ends say to each other comes through both sidecars as it was said: RFC 6455,
// and RFC 8441 where an end speaks HTTP/2.

import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import type { WebSocket } from "ws";
import { type Ends, WAYS, WebsocketMesh } from "./support/websocket-mesh.ts";

const CONTROL_BYTES_MAX = 125;
const KiB = 1024;
const TEXT = Buffer.from("weft ä€😀 \u0000 end");

for (const way of WAYS) {
  describe(way.name, () => {
    let mesh!: WebsocketMesh;
    const cleanups: (() => Promise<void>)[] = [];
    before(async () => {
      mesh = await WebsocketMesh.start(way, (run) => cleanups.push(run));
    });
    after(async () => {
      for (const run of cleanups) await run();
    });

    test("a text in two fragments, split at any byte, is that text", async () => {
      await bothWays(mesh, async (from, to) => {
        for (let at = 0; at <= TEXT.length; at++) {
          const coming = once(to, "message");
          from.send(TEXT.subarray(0, at), { binary: false, fin: false });
          from.send(TEXT.subarray(at), { fin: true });
          const [data, isBinary] = await coming;
          assert.deepEqual([data, isBinary], [TEXT, false], `split at ${at}`);
        }
      });
    });

    test("control frames between the fragments of a message disturb neither", async () => {
      await bothWays(mesh, async (from, to) => {
        const pings = collect(to, "ping", TEXT.length);
        const pongs = collect(from, "pong", TEXT.length);
        const coming = once(to, "message");
        for (let i = 0; i < TEXT.length; i++) {
          const fin = i === TEXT.length - 1;
          from.send(TEXT.subarray(i, i + 1), { binary: false, fin });
          from.ping(Buffer.from([i]));
        }
        const expected = [...TEXT].map((_, i) => Buffer.from([i]));
        const [[data], ...controls] = await Promise.all([coming, pings, pongs]);
        assert.deepEqual(data, TEXT);
        assert.deepEqual(controls, [expected, expected]);
      });
    });

    test("a ping of any length is answered with what it contained", async () => {
      await bothWays(mesh, async (from, to) => {
        for (let length = 0; length <= CONTROL_BYTES_MAX; length++) {
          const payload = Buffer.alloc(length, length);
          const both = Promise.all([once(to, "ping"), once(from, "pong")]);
          from.ping(payload);
          assert.deepEqual((await both).flat(), [payload, payload]);
        }
      });
    });

    test("large messages come whole, of whichever length field", async () => {
      await bothWays(mesh, async (from, to) => {
        const lengths = [125, 126, 65_535, 65_536, 64 * KiB + 1, KiB * KiB, 8 * KiB * KiB];
        for (const length of lengths) {
          const message = counted(length);
          const coming = once(to, "message");
          from.send(message);
          const [data, isBinary] = await coming;
          assert.equal(isBinary, true);
          assert.ok(message.equals(data), `${length} bytes differ`);
        }
      });
    });

    test("both ends speak at once, each in its order", async () => {
      const { near, far } = await mesh.open();
      const count = 200;
      const heard = [near, far].map((end) => collect(end, "message", count));
      for (let i = 0; i < count; i++) {
        near.send(Buffer.alloc(i * 50, 1));
        far.send(Buffer.alloc(i * 50, 2));
      }
      const lengths = Array.from({ length: count }, (_, i) => i * 50);
      for (const messages of await Promise.all(heard)) {
        assert.deepEqual(
          messages.map(({ length }) => length),
          lengths,
        );
      }
      terminate({ near, far });
    });
  });
}

async function bothWays(
  mesh: WebsocketMesh,
  run: (from: WebSocket, to: WebSocket) => Promise<void>,
): Promise<void> {
  const ends = await mesh.open();
  await run(ends.near, ends.far);
  await run(ends.far, ends.near);
  terminate(ends);
}

function terminate({ near, far }: Pick<Ends, "near" | "far">): void {
  near.terminate();
  far.terminate();
}

function collect(socket: WebSocket, event: string, count: number): Promise<Buffer[]> {
  const found: Buffer[] = [];
  return new Promise((resolve) => {
    socket.on(event, (data: Buffer) => {
      if (found.push(data) === count) resolve(found);
    });
  });
}

// No two places alike within what a buffer on the way holds.
function counted(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i + 4 <= length; i += 4) bytes.writeUInt32LE(i, i);
  return bytes;
}
