import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { FakeClock } from "#base/fake-clock.ts";
import { silentLog } from "#base/log.ts";
import { ApiServerFixture } from "#kubernetes/api-server-fixture.ts";
import { ObjectWatch } from "./object-watch.ts";

test("a server that ends each watch at once is not asked in a loop", async (t) => {
  const server = await new ApiServerFixture().listen();
  const clock = new FakeClock();
  let watches = 0;
  server.intercept = ({ url }, answer) => {
    if (!url.includes("watch=1")) return false;
    watches++;
    answer.writeHead(200, { "content-type": "application/json" }).end();
    return true;
  };
  const watch = new ObjectWatch({
    ...{ api: server.client(), path: "/api/v1/namespaces", clock, random: () => 0.5 },
    ...{ log: silentLog, keep: () => true, changed() {} },
  }).start();
  t.after(async () => {
    watch.stop();
    await server.close();
  });
  await watch.listed;
  const settled = async (count: number) => {
    for (let i = 0; i < 200 && (watches < count || clock.timersPending === 0); i++) await sleep(10);
    await sleep(50);
    assert.equal(watches, count);
  };
  await settled(1);
  clock.advance(500);
  await settled(2);
  // Twice as long each time.
  clock.advance(500);
  await settled(2);
  clock.advance(500);
  await settled(3);
});
