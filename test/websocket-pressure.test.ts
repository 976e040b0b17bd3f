// Many WebSockets, and ends that stop reading: each has its own measure, and none takes another's.

import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { eventually } from "#local/testing/eventually.ts";
import { WAYS, WebsocketMesh } from "./support/websocket-mesh.ts";

const MiB = 1024 * 1024;
const CHUNK = Buffer.alloc(64 * 1024, "weft");
// Far more than all buffers on the way hold, those of the kernel included.
const ENDLESS_BYTES = 64 * MiB;
const SETTLED_MS = 200;
const SOCKETS = 200;

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

    test("200 sockets at once each hear what was said to them, and nothing else", async () => {
      const open = await Promise.all(Array.from({ length: SOCKETS }, () => mesh.open()));
      const heard = await Promise.all(
        open.map(async ({ near, far }, i) => {
          const both = Promise.all([once(near, "message"), once(far, "message")]);
          near.send(`to the far end ${i}`);
          far.send(`to the near end ${i}`);
          return (await both).map(([data]) => String(data));
        }),
      );
      heard.forEach((texts, i) => {
        assert.deepEqual(texts, [`to the near end ${i}`, `to the far end ${i}`]);
      });
      const closed = Promise.all(open.map(({ far }) => once(far, "close")));
      for (const { near } of open) near.close(1000);
      await closed;
    });

    test("an end that stops reading stops the other, hinders nobody, and then gets it all", async () => {
      for (const turned of [false, true]) {
        const { near, far } = await mesh.open();
        const [from, to] = turned ? [far, near] : [near, far];
        to.pause();
        let sent = 0;
        while (sent < ENDLESS_BYTES && from.bufferedAmount < 4 * MiB) {
          from.send(CHUNK);
          sent += CHUNK.length;
          await wait(1);
        }
        await wait(SETTLED_MS);
        assert.ok(from.bufferedAmount > 0, `${sent} bytes were taken for a reader who sleeps`);
        const beside = await mesh.open();
        const coming = once(beside.far, "message");
        beside.near.send("beside");
        assert.equal(String((await coming)[0]), "beside");
        beside.near.terminate();
        let heard = 0;
        to.on("message", (data: Buffer) => (heard += data.length));
        to.resume();
        await eventually("all has come", () => heard === sent, 20_000);
        near.terminate();
      }
    });

    test("an end that breaks off while nobody reads leaves nothing behind", async () => {
      const { near, far } = await mesh.open();
      const atRest = await mesh.connectionsOpen();
      far.pause();
      for (let i = 0; i < 200; i++) near.send(CHUNK);
      await wait(SETTLED_MS);
      near.terminate();
      far.terminate();
      await eventually("the connections are closed", async () => {
        return (await mesh.connectionsOpen()) < atRest;
      });
    });
  });
}
