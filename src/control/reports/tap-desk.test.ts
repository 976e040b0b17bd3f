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

const BODY = { size: 3, type: "application/json", encoding: "", text: "[1]", truncated: false };

test("bodies are asked for, and given, only where the watcher may see them", () => {
  const desk = new TapDesk();
  const plain = watcherOf("shop/");
  const asking = watcherOf("shop/");
  const { proxy, latest } = proxyOf(desk, "shop/web");
  desk.open(plain.watcher);
  desk.open({ ...asking.watcher, query: { bodyBytesMax: 500 } });
  const bodies = { request: BODY, response: BODY };
  assert.deepEqual(
    latest()!.map((watch) => watch.bodies),
    [undefined, { bytesMax: 500, bytesPerSecond: LIMITS.tapBodyBytesPerSecond }],
  );
  const watches = latest()!.map(({ id }) => id);
  desk.hear(proxy, { type: "tap", events: [{ ...END, watches, bodies }], untold: 0 });
  assert.equal("bodies" in plain.events[0]!, false);
  assert.deepEqual(asking.events[0]?.phase === "end" && asking.events[0].bodies, bodies);
});

test("the bytes that a watcher is told are shared by its proxies", () => {
  const desk = new TapDesk();
  const proxies = Array.from({ length: 4 }, (_, i) => proxyOf(desk, `shop/web-${i}`));
  desk.open({ ...watcherOf("shop/").watcher, query: { bodyBytesMax: 500 } });
  const share = LIMITS.tapBodyBytesPerSecond / 4;
  for (const { latest } of proxies) {
    assert.equal(latest()?.[0]?.bodies?.bytesPerSecond, share);
  }
});

test("bodies that are none are left out, with their event", () => {
  const desk = new TapDesk();
  const { watcher, events } = watcherOf("shop/");
  const { proxy, latest } = proxyOf(desk, "shop/web");
  desk.open({ ...watcher, query: { bodyBytesMax: 500 } });
  const watches = [latest()![0]!.id];
  const long = "x".repeat(9 * LIMITS.tapBodyBytesMax);
  const wrong = [
    ...[
      { ...BODY, text: 7 },
      { ...BODY, text: long },
      { ...BODY, base64: long },
    ],
    ...[
      { ...BODY, size: -1 },
      { ...BODY, type: null },
      { ...BODY, withheld: "toString" },
    ],
    ...[{ ...BODY, truncated: "no" }, { ...BODY, unfinished: false }, null],
  ].map((request) => ({ ...END, watches, bodies: { request, response: BODY } }));
  const message: unknown = { type: "tap", events: [...wrong, { ...END, bodies: 7 }], untold: 0 };
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
