// How a WebSocket ends, seen from both sides of a pair of sidecars: RFC 6455 §7.

import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import type { WebSocket } from "ws";
import { eventually } from "#local/testing/eventually.ts";
import { WAYS, WebsocketMesh } from "./support/websocket-mesh.ts";

// What an end without a closing handshake, and a close frame without a code, count as.
const ABNORMAL = 1006;
const NO_CODE = 1005;
const REASON = "weil es € reicht";

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

    test("either end closes with a code and a reason, and gets them back", async () => {
      for (const code of [1000, 1001, 1011, 3000, 4999]) {
        await closing(mesh, code, (from) => from.close(code, REASON), REASON);
      }
    });

    test("either end closes without a code", async () => {
      await closing(mesh, NO_CODE, (from) => from.close(), "");
    });

    test("both ends close at once, and each learns the other's code", async () => {
      const { near, far } = await mesh.open();
      const both = Promise.all([once(near, "close"), once(far, "close")]);
      near.close(3001);
      far.close(3002);
      const codes = (await both).map(([code]) => code);
      assert.deepEqual(codes, [3002, 3001]);
    });

    test("what was said before a close comes before it", async () => {
      for (const turned of [false, true]) {
        const [from, to] = await ends(mesh, turned);
        const heard: number[] = [];
        to.on("message", (data: Buffer) => heard.push(data.length));
        const closed = once(to, "close");
        for (let i = 1; i <= 50; i++) from.send(Buffer.alloc(i * 1000));
        from.close(1000);
        await closed;
        assert.equal(heard.length, 50);
      }
    });

    test("an end that breaks off breaks off the other", async () => {
      for (const turned of [false, true]) {
        const [from, to] = await ends(mesh, turned);
        const closed = once(to, "close");
        from.terminate();
        const [code] = await closed;
        assert.equal(code, ABNORMAL);
      }
    });

    test("an end that breaks off in the middle of a message never makes it a whole one", async () => {
      for (const turned of [false, true]) {
        const [from, to] = await ends(mesh, turned);
        to.on("message", () => assert.fail("a message came"));
        from.send("half", { fin: false });
        const pinged = once(to, "ping");
        from.ping(Buffer.alloc(0));
        await pinged;
        const closed = once(to, "close");
        from.terminate();
        assert.equal((await closed)[0], ABNORMAL);
      }
    });

    test("what ends in any way leaves no connection behind", async () => {
      const atRest = await openAtRest(mesh);
      const open = await Promise.all(Array.from({ length: 12 }, () => mesh.open()));
      open.forEach(({ near, far }, i) => {
        if (i % 3 === 0) near.terminate();
        else if (i % 3 === 1) far.terminate();
        else near.close(1000);
      });
      await eventually("as few connections as before", async () => {
        return (await mesh.connectionsOpen()) <= atRest;
      });
    });
  });
}

// By the near end, then by the far one.
async function closing(
  mesh: WebsocketMesh,
  code: number,
  close: (from: WebSocket) => void,
  reason: string,
): Promise<void> {
  for (const turned of [false, true]) {
    const [from, to] = await ends(mesh, turned);
    const both = Promise.all([once(from, "close"), once(to, "close")]);
    close(from);
    for (const [said, why] of await both) assert.deepEqual([said, String(why)], [code, reason]);
  }
}

async function ends(mesh: WebsocketMesh, turned: boolean): Promise<[WebSocket, WebSocket]> {
  const { near, far } = await mesh.open();
  return turned ? [far, near] : [near, far];
}

// With a mesh connection for tunnels open, which stays.
async function openAtRest(mesh: WebsocketMesh): Promise<number> {
  const { near } = await mesh.open();
  const during = await mesh.connectionsOpen();
  const closed = once(near, "close");
  near.close(1000);
  await closed;
  return during;
}
