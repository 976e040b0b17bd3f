// Node's own WebSocket, as applications use it, through a pair of sidecars to another
// implementation.

import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import { WAYS, WebsocketMesh } from "./support/websocket-mesh.ts";

const ENDED_WITHOUT_HANDSHAKE = 1006;

for (const way of WAYS.filter(({ callerSpeaks }) => callerSpeaks === "http/1")) {
  describe(way.name, () => {
    let mesh!: WebsocketMesh;
    const cleanups: (() => Promise<void>)[] = [];
    before(async () => {
      mesh = await WebsocketMesh.start(way, (run) => cleanups.push(run));
    });
    after(async () => {
      for (const run of cleanups) await run();
    });

    test("texts, bytes and packed messages of any size come through both ways", async () => {
      const { near, far } = await open(mesh);
      assert.match(near.extensions, /^permessage-deflate/);
      for (const length of [0, 1, 125, 126, 65_536, 1024 * 1024]) {
        const text = "€".repeat(length);
        const there = once(far, "message");
        near.send(text);
        assert.equal(String((await there)[0]), text);
        const back = nextMessage(near);
        far.send(Buffer.alloc(length, 7));
        assert.deepEqual(Buffer.from((await back) as ArrayBuffer), Buffer.alloc(length, 7));
      }
      near.close();
    });

    test("fragments of the application's are one message", async () => {
      const { near, far } = await open(mesh);
      const coming = nextMessage(near);
      for (const byte of Buffer.from("ä€😀")) {
        far.send(Buffer.from([byte]), { binary: false, fin: false });
        far.ping(Buffer.from("between"));
      }
      far.send(Buffer.alloc(0), { fin: true });
      assert.equal(await coming, "ä€😀");
      near.close();
    });

    test("codes and reasons of a close come through both ways", async () => {
      for (const code of [1000, 3000, 4999]) {
        const { near, far } = await open(mesh);
        const closed = once(far, "close");
        near.close(code, "enough");
        const [said, reason] = await closed;
        assert.deepEqual([said, String(reason)], [code, "enough"]);
      }
      for (const code of [1000, 1001, 1011, 3000, 4999]) {
        const { near, far } = await open(mesh);
        const closed = closeOf(near);
        far.close(code, "enough");
        assert.deepEqual(await closed, [code, "enough", true]);
      }
    });

    test("an application that breaks off is no clean end", async () => {
      const { near, far } = await open(mesh);
      const closed = closeOf(near);
      far.terminate();
      assert.deepEqual(await closed, [ENDED_WITHOUT_HANDSHAKE, "", false]);
    });
  });
}

async function open(mesh: WebsocketMesh) {
  const opened = mesh.far("/undici");
  const near = new WebSocket(mesh.url("/undici"));
  near.binaryType = "arraybuffer";
  await new Promise((resolve, reject) => {
    near.addEventListener("open", resolve);
    near.addEventListener("error", () => reject(new Error("it didn't open")));
  });
  return { near, far: (await opened).far };
}

function nextMessage(socket: WebSocket): Promise<unknown> {
  return new Promise((resolve) => {
    socket.addEventListener("message", ({ data }) => resolve(data), { once: true });
  });
}

function closeOf(socket: WebSocket): Promise<unknown[]> {
  return new Promise((resolve) => {
    socket.addEventListener("close", ({ code, reason, wasClean }) => {
      resolve([code, reason, wasClean]);
    });
  });
}
