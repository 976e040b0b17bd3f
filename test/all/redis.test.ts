// A real Redis behind the mesh, through both ways that lead to a TCP application.

import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "../support/free-port.ts";
import { installRedis, startRedis } from "../support/redis-process.ts";
import { RedisTalk } from "../support/redis-talk.ts";
import { tcpMesh, WAYS_IN } from "../support/tcp-mesh.ts";

const MIB = 1024 * 1024;
const LOOK_MS = 300;

const port = freePort();
let redis: ChildProcess;

before(async () => {
  installRedis();
  redis = await startRedis(port);
});

after(() => redis.kill());

for (const way of WAYS_IN) {
  const talkers = async (t: Parameters<typeof tcpMesh>[0], count: number) => {
    const { dial } = await tcpMesh(t, port);
    const sockets = await Promise.all(Array.from({ length: count }, () => dial(way)));
    return sockets.map((socket) => new RedisTalk(socket));
  };

  test(`a thousand pipelined commands are answered in order, through ${way}`, async (t) => {
    const [talk] = await talkers(t, 1);
    const numbers = Array.from({ length: 1_000 }, (_, i) => String(i));
    talk!.send(
      ["PING"],
      ...numbers.flatMap((i) => [
        ["SET", `${way}:${i}`, `value ${i}`],
        ["GET", `${way}:${i}`],
      ]),
    );
    assert.equal(await talk!.reply(), "PONG");
    for (const i of numbers) {
      assert.deepEqual([await talk!.reply(), await talk!.reply()], ["OK", `value ${i}`]);
    }
  });

  test(`values of a mebibyte come back as they went, through ${way}`, async (t) => {
    const [talk] = await talkers(t, 1);
    const values = ["a", "\u0000", "\r\n$5\r\n", "ÿ"].map((part) =>
      part.repeat(MIB / part.length).padEnd(MIB, "."),
    );
    talk!.send(
      ...values.map((value, i) => ["SET", `${way}:large:${i}`, value]),
      ...values.map((_, i) => ["GET", `${way}:large:${i}`]),
    );
    for (const _ of values) assert.equal(await talk!.reply(), "OK");
    for (const value of values) assert.ok((await talk!.reply()) === value, "not the same value");
  });

  test(`what is published reaches every subscriber in order, through ${way}`, async (t) => {
    const [publisher, ...subscribers] = await talkers(t, 3);
    const channel = `${way} news`;
    for (const subscriber of subscribers) {
      assert.deepEqual(await subscriber.ask("SUBSCRIBE", channel), ["subscribe", channel, 1]);
    }
    const news = Array.from({ length: 100 }, (_, i) => `item ${i}`);
    publisher!.send(...news.map((item) => ["PUBLISH", channel, item]));
    for (const _ of news) assert.equal(await publisher!.reply(), subscribers.length);
    for (const subscriber of subscribers) {
      for (const item of news) {
        assert.deepEqual(await subscriber.reply(), ["message", channel, item]);
      }
    }
  });

  test(`a command that blocks is answered when another caller has something, through ${way}`, async (t) => {
    const [patient, giver] = await talkers(t, 2);
    const list = `${way}:list`;
    patient!.send(["BLPOP", list, "0"]);
    await wait(LOOK_MS);
    assert.equal(patient!.unread, 0);
    assert.equal(await giver!.ask("RPUSH", list, "at last"), 1);
    assert.deepEqual(await patient!.reply(), [list, "at last"]);
    assert.equal(await patient!.ask("BLPOP", list, "0.1"), null);
  });
}
