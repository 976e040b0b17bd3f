import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import type { SeriesKey } from "#snapshot/report.ts";
import type { TapEvent, TapFilter } from "#snapshot/tap.ts";
import { Tap, type TapTold } from "./tap.ts";

const HEAD: RequestHead = {
  method: "GET",
  scheme: "http",
  authority: "reviews.shop:9080",
  path: "/reviews/7?%74oken=hush&page=2",
  headers: [
    "cookie",
    "session=hush",
    "referer",
    "https://a.example/?code=hush",
    "x-user",
    "ann",
    "x-forwarded-for",
    "10.0.0.9, 10.0.0.1",
  ],
  contentLength: 0,
};
const KEY: SeriesKey = {
  reporter: "destination",
  sourceNamespace: "shop",
  sourceWorkload: "web",
  sourceIdentity: "spiffe://mesh.local/ns/shop/sa/web",
  destinationNamespace: "shop",
  destinationWorkload: "reviews-v1",
  destinationIdentity: "spiffe://mesh.local/ns/shop/sa/reviews",
  destinationService: "reviews",
  destinationServiceNamespace: "shop",
  destinationPort: 9080,
  route: "",
  backend: "",
  isMutualTls: true,
};

function rig(...filters: readonly TapFilter[]) {
  const clock = new FakeClock();
  const told: TapTold[] = [];
  const tap = new Tap(clock, (each) => told.push(each));
  tap.watch(filters.map((filter, i) => ({ id: i + 1, filter, perSecondMax: 10 })));
  const pass = (head: Partial<RequestHead> = {}, status = 200, latencyMs = 3) => {
    const startedMs = clock.nowMs();
    const seen = { head: { ...HEAD, ...head }, key: KEY, startedMs, endpoint: "127.0.0.1:9080" };
    const ticket = tap.begin(seen);
    if (!ticket) return false;
    tap.answered(ticket, status, latencyMs, []);
    tap.ended(ticket, {
      ...{ durationMs: latencyMs + 1, status, requestBytes: 0, hasRequestEnded: true },
      ...{ responseBytes: 12, grpcStatus: "", cause: "" },
    });
    return true;
  };
  const events = (): readonly TapEvent[] => {
    clock.advance(LIMITS.tapTellMs);
    return told.splice(0).flatMap((each) => each.events);
  };
  return { clock, tap, told, pass, events };
}

test("a watched request is told when it begins, is answered and ends", () => {
  const { pass, events } = rig({});
  assert.equal(pass(), true);
  const [request, answer, end] = events();
  assert.deepEqual([request?.phase, answer?.phase, end?.phase], ["request", "answer", "end"]);
  assert.equal(new Set([request?.stream, answer?.stream, end?.stream]).size, 1);
  assert.equal(answer?.phase === "answer" && answer.latencyMs, 3);
});

test("the peer's address is the last that was forwarded, and secrets are left out", () => {
  const { pass, events } = rig({});
  pass();
  const [request] = events();
  assert.ok(request?.phase === "request");
  assert.equal(request.source.address, "10.0.0.1");
  assert.equal(request.path, "/reviews/7?%74oken=<redacted>&page=2");
  assert.equal(JSON.stringify(request).includes("hush"), false);
});

test("each filter holds by itself", () => {
  const misses: readonly TapFilter[] = [
    { direction: "out" },
    { methods: ["POST"] },
    { scheme: "https" },
    { authority: "ratings.shop" },
    { pathPrefix: "/ratings" },
    { headers: [["x-user", "bob"]] },
    { headers: [["x-other", null]] },
    { from: { workload: "visitors" } },
    { to: { service: "ratings" } },
    { to: { namespace: "other", workload: "reviews-v1" } },
  ];
  for (const filter of misses) assert.equal(rig(filter).pass(), false, JSON.stringify(filter));
  const hits: readonly TapFilter[] = [
    { direction: "in" },
    { methods: ["POST", "GET"] },
    { authority: "reviews.shop" },
    { authority: "reviews.shop:9080" },
    { pathPrefix: "/reviews/" },
    {
      headers: [
        ["x-user", "ann"],
        ["cookie", null],
      ],
    },
    { from: { namespace: "shop", workload: "web" } },
    { to: { service: "reviews" } },
  ];
  for (const filter of hits) assert.equal(rig(filter).pass(), true, JSON.stringify(filter));
});

test("who asks for failures or slow answers is told when they are over, as a whole", () => {
  const { pass, events } = rig({ statusFrom: 500, statusTo: 599 }, { latencyMinMs: 100 });
  pass({}, 200, 3);
  assert.deepEqual(events(), []);
  pass({}, 503, 3);
  assert.deepEqual(
    events().map(({ phase, watches }) => [phase, ...watches]),
    [
      ["request", 1],
      ["answer", 1],
      ["end", 1],
    ],
  );
  pass({}, 200, 100);
  assert.deepEqual(events()[0]?.watches, [2]);
});

test("what was wanted by who has gone is not kept for the next one", () => {
  const { tap, clock, events } = rig({});
  const seen = { head: HEAD, key: KEY, startedMs: clock.nowMs(), endpoint: "127.0.0.1:9080" };
  const ticket = tap.begin(seen);
  events();
  tap.watch([]);
  tap.answered(ticket!, 200, 3, []);
  tap.watch([{ id: 2, filter: {}, perSecondMax: 10 }]);
  tap.begin(seen);
  assert.deepEqual(
    events().map(({ phase }) => phase),
    ["request"],
  );
});

test("more than a watch wants in a second is counted and not told", () => {
  const { clock, pass, told } = rig({});
  for (let i = 0; i < 25; i++) pass();
  clock.advance(LIMITS.tapTellMs);
  assert.equal(told[0]?.events.length, 30);
  assert.equal(told[0]?.untold, 15);
  clock.advance(1_000);
  assert.equal(pass(), true);
});

test("when nobody watches any more, what waited is forgotten", () => {
  const { clock, tap, pass, told } = rig({});
  pass();
  tap.watch([]);
  clock.advance(1_000);
  assert.equal(tap.isWatched, false);
  assert.deepEqual(told, []);
});
