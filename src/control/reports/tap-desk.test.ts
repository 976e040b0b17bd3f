import assert from "node:assert/strict";
import { test } from "node:test";
import type { TappedEvent } from "#api/tap.ts";
import { LIMITS } from "#base/limits.ts";
import type { TapMessage, Watch } from "#snapshot/messages.ts";
import { TapDesk } from "./tap-desk.ts";

const END = {
  phase: "end",
  ...{ stream: 7, durationMs: 2, status: 200, requestBytes: 0, responseBytes: 0 },
  ...{ grpcStatus: "", cause: "" },
} as const;

function proxyOf(desk: TapDesk, key: string) {
  const watches: Watch[] = [];
  const proxy = { key, watch: (message: Watch) => watches.push(message) };
  desk.greet(proxy);
  return { proxy, watches, latest: () => watches.at(-1)?.watches };
}

function watcherOf(key: string, perSecondMax = 10) {
  const events: TappedEvent[] = [];
  let untold = 0;
  const watcher = {
    watches: (each: string) => each.startsWith(key),
    query: { perSecondMax },
    event: (event: TappedEvent) => events.push(event),
    untold: (count: number) => {
      untold += count;
    },
  };
  return { watcher, events, untold: () => untold };
}

test("only the proxies that are meant are told to watch, and told when it ends", () => {
  const desk = new TapDesk();
  const web = proxyOf(desk, "shop/web");
  const other = proxyOf(desk, "bank/web");
  const { proxies, close } = desk.open(watcherOf("shop/").watcher);
  assert.equal(proxies, 1);
  assert.equal(web.latest()?.length, 1);
  assert.deepEqual(other.latest(), []);
  close();
  assert.deepEqual(web.latest(), []);
});

test("a proxy that comes later is watched, too, and nobody else is told of it", () => {
  const desk = new TapDesk();
  const one = proxyOf(desk, "shop/web-1");
  desk.open(watcherOf("shop/", 9).watcher);
  assert.equal(one.latest()?.[0]?.perSecondMax, 9);
  one.watches.length = 1;
  const two = proxyOf(desk, "shop/web-2");
  assert.equal(one.watches.length, 1);
  assert.equal(two.latest()?.[0]?.perSecondMax, 5);
});

test("events go to those who asked that proxy, whatever it says", () => {
  const desk = new TapDesk();
  const shop = watcherOf("shop/");
  const bank = watcherOf("bank/");
  const { proxy, latest } = proxyOf(desk, "shop/web");
  desk.open(shop.watcher);
  desk.open(bank.watcher);
  const own = latest()![0]!.id;
  const watches = [own, own + 1, own + 99];
  desk.hear(proxy, { type: "tap", events: [{ ...END, watches }], untold: 3 });
  assert.deepEqual(
    shop.events.map(({ id }) => id),
    ["shop/web:7"],
  );
  assert.deepEqual(bank.events, []);
  assert.equal(shop.untold(), 3);
  assert.equal(bank.untold(), 0);
});

test("what is no event is left out", () => {
  const desk = new TapDesk();
  const { watcher, events } = watcherOf("shop/");
  const { proxy, latest } = proxyOf(desk, "shop/web");
  desk.open(watcher);
  const watches = [latest()![0]!.id];
  const long = "x".repeat(4 * LIMITS.requestTargetBytesMax);
  const wrong = [
    null,
    { ...END, watches: "all" },
    { ...END, watches, cause: 7 },
    { ...END, watches, cause: long },
    { ...END, watches, phase: "other" },
    { phase: "request", stream: 1, watches },
    { phase: "answer", stream: 1, watches, status: -1, latencyMs: 0, headers: [] },
    { phase: "answer", stream: 1, watches, status: 200, latencyMs: 0, headers: [["a"]] },
  ];
  const message: unknown = { type: "tap", events: wrong, untold: "many" };
  desk.hear(proxy, message as TapMessage);
  assert.deepEqual(events, []);
});

test("so many may watch at once, and no more", () => {
  const desk = new TapDesk();
  const openings = Array.from({ length: LIMITS.tapWatchesMax }, () => {
    return desk.open(watcherOf("shop/").watcher);
  });
  assert.equal(desk.isFull, true);
  openings[0]!.close();
  assert.equal(desk.isFull, false);
});
