import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import { LIMITS } from "#base/limits.ts";
import { EndpointViews } from "./endpoint-views.ts";

const SAMPLE = {
  ...{ namespace: "shop", service: "cart", subset: "", port: 80, address: "127.64.0.3:15008" },
  ...{ inFlight: 2, latencyMs: 3.5, ejectedForMs: 0, isAvoided: false, warmingForMs: 0 },
};

test("the last word of each proxy counts, and only while it is fresh", () => {
  const clock = new FakeClock();
  const views = new EndpointViews(clock);
  views.note("shop/web", [SAMPLE], 1000);
  views.note("shop/web", [{ ...SAMPLE, inFlight: 7 }], 1000);
  views.note("shop/app", [SAMPLE], 1000);
  assert.deepEqual(
    views.views(undefined).map(({ seenBy, inFlight }) => [seenBy, inFlight]),
    [
      ["shop/web", 7],
      ["shop/app", 2],
    ],
  );
  assert.equal(views.views("shop/app").length, 1);
  views.note("shop/app", undefined, 1000);
  assert.equal(views.views("shop/app").length, 0);
  clock.advance(60_000);
  assert.deepEqual(views.views(undefined), []);
});

test("what is no sample, or one too many, is counted and left out", () => {
  const views = new EndpointViews(new FakeClock());
  const wrong = [null, { ...SAMPLE, port: "80" }, { ...SAMPLE, inFlight: -1 }, {}];
  assert.equal(views.note("shop/web", wrong, 1000), wrong.length);
  const many = Array.from({ length: LIMITS.endpointsToldMax + 5 }, () => SAMPLE);
  assert.equal(views.note("shop/web", many, 1000), 5);
});

test("who reports seldom is believed until the next report is overdue", () => {
  const clock = new FakeClock();
  const views = new EndpointViews(clock);
  views.note("shop/web", [SAMPLE], 15_000);
  clock.advance(20_000);
  assert.equal(views.views(undefined).length, 1);
  clock.advance(15_000);
  assert.equal(views.views(undefined).length, 0);
});

test("a report of a long time, as after an absence, is believed no longer than others", () => {
  const clock = new FakeClock();
  const views = new EndpointViews(clock);
  views.note("shop/web", [SAMPLE], 900_000);
  clock.advance(60_000);
  assert.equal(views.views(undefined).length, 0);
});
