import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "#base/random.ts";
import type { Loaded } from "./balancer.ts";
import { EndpointLoad } from "./endpoint-load.ts";
import { pickTwo } from "./pick-two.ts";

test("an empty set yields nothing, a single endpoint always itself", () => {
  assert.equal(pickTwo([], 0, seededRandom(1), undefined), -1);
  const single = endpoints(1);
  single[0]!.load.connectFailed(0);
  assert.equal(pickTwo(single, 0, seededRandom(1), single), 0);
});

test("equal endpoints get equal shares", () => {
  const set = endpoints(4);
  const counts = share(set, 40_000);
  for (const count of counts) assert.ok(Math.abs(count - 10_000) < 3 * 87, `${counts}`);
});

test("an endpoint that is ten times slower gets far less than its share", () => {
  const set = endpoints(4);
  set.forEach(({ load }, i) => {
    load.began();
    load.answered(0, i === 0 ? 100 : 10, false);
  });
  const [slow = 0] = share(set, 10_000);
  assert.equal(slow, 0, "cost decides between any two while nothing is in flight");
});

test("a slow endpoint's cost fades, so that it is asked again", () => {
  const load = new EndpointLoad();
  load.began();
  load.answered(0, 2000, false);
  assert.ok(load.cost(0) > 1900);
  assert.ok(load.cost(60_000) < 10);
});

test("what is in flight counts by its root, and one that never answered is not preferred", () => {
  const load = new EndpointLoad();
  load.began();
  load.answered(0, 10, false);
  load.ended();
  load.began();
  load.began();
  assert.equal(Math.round(load.cost(0)), 17, "10 ms, and the root of three");
  const silent = new EndpointLoad();
  silent.began();
  assert.ok(silent.cost(0) > load.cost(0));
});

test("an endpoint that lets requests wait is as slow as it has been silent", () => {
  const load = new EndpointLoad();
  load.began();
  load.sent(0);
  load.settled();
  load.answered(10, 10, false);
  load.ended();
  assert.equal(Math.round(load.cost(500)), 10, "nobody waits");
  load.began();
  load.sent(500);
  load.began();
  load.sent(600);
  assert.equal(Math.round(load.cost(900)), Math.round(400 * Math.sqrt(3)));
  load.settled();
  load.answered(900, 300, false);
  assert.equal(Math.round(load.cost(901)), Math.round(300 * Math.sqrt(3)), "it has spoken");
  load.settled();
  load.ended();
  load.ended();
  assert.equal(Math.round(load.cost(901)), 300, "nobody waits");
});

test("an endpoint that callers give up is at least as slow as they waited", () => {
  const load = new EndpointLoad();
  load.answered(0, 10, false);
  load.givenUp(0, 5);
  assert.equal(Math.round(load.cost(0)), 10);
  load.givenUp(0, 1000);
  assert.equal(Math.round(load.cost(0)), 1000);
});

test("an unreachable endpoint is passed over while another is left, then taken again", () => {
  const set = endpoints(3);
  for (const broken of [0, 1]) {
    set[broken]!.load.connectFailed(0);
  }
  assert.deepEqual(share(set, 1000), [0, 0, 1000]);
  const later = share(set, 3000, 100);
  assert.ok(
    later.every((count) => count > 800),
    `${later}`,
  );
});

test("an endpoint that fails fast, again and again, costs more and more", () => {
  const load = new EndpointLoad();
  for (let i = 0; i < 12; i++) load.answered(0, 0.1, true);
  assert.ok(load.cost(0) > 1_000, `${load.cost(0)}`);
});

test("one failure is forgiven within seconds", () => {
  const load = new EndpointLoad();
  load.answered(0, 1, false);
  load.answered(0, 1, true);
  assert.ok(load.cost(0) > 2);
  assert.ok(load.cost(12_000) < 1);
});

test("an endpoint that failed this request is not tried again while another is left", () => {
  const set = endpoints(3);
  const random = seededRandom(3);
  for (let i = 0; i < 1000; i++) {
    assert.equal(pickTwo(set, 0, random, [set[0]!, set[2]!]), 1);
  }
});

function endpoints(count: number): Loaded[] {
  return Array.from({ length: count }, () => ({ load: new EndpointLoad() }));
}

function share(set: readonly Loaded[], picks: number, nowMs = 0): number[] {
  const random = seededRandom(42);
  const counts = set.map(() => 0);
  for (let i = 0; i < picks; i++) counts[pickTwo(set, nowMs, random, undefined)]!++;
  return counts;
}
