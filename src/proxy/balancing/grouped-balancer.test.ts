import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "#base/random.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import type { BalancerPlan } from "#snapshot/destination-policy-plan.ts";
import type { Health, Loaded } from "./balancer.ts";
import { EndpointLoad } from "./endpoint-load.ts";
import { type Grouping, groupBalancers } from "./group-balancers.ts";

const IN_TURN: BalancerPlan = { kind: "round-robin" };
const BY_USER: BalancerPlan = {
  kind: "hash",
  by: { kind: "query", name: "user" },
  table: { kind: "ring", pointsMin: 1024 },
};
// Five near ones, five far ones.
const NEAR = [0, 2, 4, 6, 8];
const FAR = [1, 3, 5, 7, 9];
const TIERS: Grouping = {
  kind: "tiers",
  groups: [
    { members: NEAR, weight: 1 },
    { members: FAR, weight: 1 },
  ],
};
const SHARES: Grouping = {
  kind: "shares",
  groups: [
    { members: [0], weight: 80 },
    { members: [1, 2, 3], weight: 20 },
  ],
};

test("near endpoints get everything while three quarters of them are well", () => {
  assert.deepEqual(byGroup(TIERS, []), [2000, 0]);
  assert.deepEqual(byGroup(TIERS, [0]), [2000, 0]);
});

test("as fewer of them are, far ones get what the others have no room for", () => {
  // Two of five: 1.4 times 40 % is 56 %.
  const [near = 0] = byGroup(TIERS, [0, 2, 4]);
  assert.ok(near > 1_050 && near < 1_190, `${near}`);
  assert.deepEqual(byGroup(TIERS, NEAR), [0, 2000]);
});

test("with nobody well anywhere, near ones are asked", () => {
  assert.deepEqual(byGroup(TIERS, [...NEAR, ...FAR]), [2000, 0]);
});

test("a request that near ones have failed already goes to a far one", () => {
  const set = endpoints(10, []);
  const tried = NEAR.map((at) => set[at]!);
  assert.deepEqual(count(IN_TURN, TIERS, set, tried), [0, 2000]);
});

test("near ones that could not be reached a moment ago are passed over", () => {
  const set = endpoints(10, []);
  for (const at of NEAR) set[at]!.load.connectFailed(0);
  assert.deepEqual(count(IN_TURN, TIERS, set), [0, 2000]);
});

test("shares are those of places, however many endpoints each has", () => {
  const [first = 0, second = 0] = byGroup(SHARES, []);
  assert.ok(first > 1_530 && first < 1_670, `${first}`);
  assert.equal(first + second, 2000);
});

test("a place that is not well gives its share to the others", () => {
  assert.deepEqual(byGroup(SHARES, [0]), [0, 2000]);
});

test("requests that are alike stay together, and groups get their shares of them", () => {
  const set = endpoints(4, []);
  const balancer = made(BY_USER, SHARES, set);
  const random = seededRandom(1);
  for (let user = 0; user < 200; user++) {
    const pick = () => balancer.pick(head(`/?user=${user}`), 0, random, undefined);
    const at = pick();
    for (let i = 0; i < 5; i++) assert.equal(pick(), at);
  }
  const [first = 0, second = 0] = count(BY_USER, SHARES, set);
  assert.ok(first > 1_500 && first < 1_700, `${first} and ${second}`);
  // Within a group nobody is left out for how the group was drawn.
  const each = spread(BY_USER, SHARES, set).slice(1);
  for (const picks of each) assert.ok(picks > 80 && picks < 190, `${each}`);
});

test("a cookie that is made leads back to the same endpoint of the same group", () => {
  const by = { kind: "cookie", name: "user", path: "", lifeMs: 0 } as const;
  const balancer = made({ ...BY_USER, by }, SHARES, endpoints(4, []));
  const random = seededRandom(1);
  for (let i = 0; i < 100; i++) {
    const at = balancer.pick(head("/"), 0, random, undefined);
    const cookie = balancer.answerHeaders!()![1]!.split(";")[0]!;
    const asked = { ...head("/"), headers: ["cookie", cookie] };
    assert.equal(balancer.pick(asked, 0, random, undefined), at);
    assert.equal(balancer.answerHeaders!(), undefined);
  }
});

function byGroup(grouping: Grouping, ejected: readonly number[]): number[] {
  return count(IN_TURN, grouping, endpoints(10, ejected));
}

function count(
  plan: BalancerPlan,
  grouping: Grouping,
  set: readonly Loaded[],
  tried?: readonly Loaded[],
): number[] {
  const picks = spread(plan, grouping, set, tried);
  return grouping.groups.map(({ members }) => members.reduce((sum, at) => sum + picks[at]!, 0));
}

function spread(
  plan: BalancerPlan,
  grouping: Grouping,
  set: readonly Loaded[],
  tried?: readonly Loaded[],
): number[] {
  const balancer = made(plan, grouping, set);
  const random = seededRandom(7);
  const picks = set.map(() => 0);
  for (let i = 0; i < 2000; i++) picks[balancer.pick(head(`/?user=${i}`), 0, random, tried)]!++;
  return picks;
}

function made(plan: BalancerPlan, grouping: Grouping, set: readonly Loaded[]) {
  const keys = set.map((_, i) => `127.64.0.${i + 1}:15008`);
  return groupBalancers(plan, set, keys, () => "shop/web", grouping);
}

function head(path: string): RequestHead {
  return {
    ...{ method: "GET", scheme: "http", authority: "reviews", path, headers: [] },
    contentLength: 0,
  };
}

function endpoints(count: number, ejected: readonly number[]): Loaded[] {
  return Array.from({ length: count }, (_, i) => {
    const health: Health = { isEjected: () => ejected.includes(i), sinceMs: -1e9 };
    return { load: new EndpointLoad(), health };
  });
}
