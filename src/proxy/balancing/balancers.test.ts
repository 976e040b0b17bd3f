import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "#base/random.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import type { BalancerPlan } from "#snapshot/destination-policy-plan.ts";
import type { Balancer, Health, Loaded } from "./balancer.ts";
import { balancerFor } from "./balancer-for.ts";
import { EndpointLoad } from "./endpoint-load.ts";

const RING = { kind: "ring", pointsMin: 1024 } as const;
const MAGLEV = { kind: "maglev", slots: 65_537 } as const;
const PLANS: readonly BalancerPlan[] = [
  { kind: "round-robin" },
  { kind: "random" },
  { kind: "least-request" },
  { kind: "peak-ewma" },
  { kind: "round-robin", warmUp: { durationMs: 1000, percentMin: 10, aggression: 1 } },
  { kind: "hash", by: { kind: "query", name: "user" }, table: RING },
  { kind: "hash", by: { kind: "query", name: "user" }, table: MAGLEV },
];

for (const plan of PLANS) {
  const name = plan.kind === "hash" ? `hash (${plan.table.kind})` : plan.kind;

  test(`${name} picks nothing from an empty set, and always the only one`, () => {
    assert.equal(pickMany(plan, [], 1)[0], undefined);
    const only = endpoints(1);
    only[0]!.load.connectFailed(0);
    assert.deepEqual(pickMany(plan, only, 10), [10]);
  });

  test(`${name} gives equal endpoints about equal shares`, () => {
    const counts = pickMany(plan, endpoints(4), 8_000);
    for (const count of counts) assert.ok(count > 1_700 && count < 2_300, `${counts}`);
  });

  test(`${name} passes over what is ejected, unreachable or tried, while another is left`, () => {
    const set = endpoints(4, [1]);
    set[2]!.load.connectFailed(0);
    const counts = pickMany(plan, set, 500, [set[3]!]);
    assert.deepEqual(counts, [500, 0, 0, 0]);
  });
}

test("round robin goes from one to the next", () => {
  const balancer = make({ kind: "round-robin" }, endpoints(3));
  const random = seededRandom(1);
  const picks = Array.from({ length: 6 }, () => balancer.pick(head("/"), 0, random, undefined));
  assert.deepEqual(picks.slice(0, 3), picks.slice(3));
  assert.deepEqual([...picks.slice(0, 3)].sort(), [0, 1, 2]);
});

test("least request prefers the one with fewer requests in flight", () => {
  const set = endpoints(2);
  for (let i = 0; i < 3; i++) set[0]!.load.began();
  assert.deepEqual(pickMany({ kind: "least-request" }, set, 100), [0, 100]);
});

test("an endpoint that is new gets the share that weights would give it, then its full one", () => {
  const warmUp = { durationMs: 10_000, percentMin: 10, aggression: 1 };
  const set = endpoints(2, [], [-100_000, 0]);
  // A tenth beside a whole one is one in eleven.
  for (const kind of ["round-robin", "random", "least-request"] as const) {
    const [, early = 0] = pickMany({ kind, warmUp }, set, 4_000, undefined, 0);
    assert.ok(early > 300 && early < 430, `${kind}: ${early}`);
    const [, half = 0] = pickMany({ kind, warmUp }, set, 4_000, undefined, 5_000);
    assert.ok(half > 1_230 && half < 1_440, `${kind}: ${half} of 1,333`);
  }
  const [, late = 0] = pickMany({ kind: "round-robin", warmUp }, set, 4_000, undefined, 10_000);
  assert.equal(late, 2_000);
});

test("requests that are alike go to one endpoint, and to one other while that is ejected", () => {
  for (const [by, path, headers] of [
    [{ kind: "header", name: "x-user" }, "/", ["x-user", "ann"]],
    [{ kind: "cookie", name: "user", path: "" }, "/", ["cookie", "a=b; user=ann; c=d"]],
    [{ kind: "query", name: "user" }, "/x?a=b&user=ann", []],
    [{ kind: "source" }, "/", []],
  ] as const) {
    const plan: BalancerPlan = { kind: "hash", by, table: RING };
    const whole = make(plan, endpoints(5));
    const random = seededRandom(1);
    const asked = { ...head(path), headers };
    const at = whole.pick(asked, 0, random, undefined);
    for (let i = 0; i < 50; i++) assert.equal(whole.pick(asked, 0, random, undefined), at);
    const without = make(plan, endpoints(5, [at]));
    const second = without.pick(asked, 0, random, undefined);
    assert.notEqual(second, at);
    for (let i = 0; i < 50; i++) assert.equal(without.pick(asked, 0, random, undefined), second);
  }
});

test("a cookie that is missing is made, and leads back to the same endpoint", () => {
  const by = { kind: "cookie", name: "user", path: "/shop", lifeMs: 90_000 } as const;
  const balancer = make({ kind: "hash", by, table: MAGLEV }, endpoints(5));
  const random = seededRandom(1);
  for (let i = 0; i < 50; i++) {
    const at = balancer.pick(head("/"), 0, random, undefined);
    const [name, value = ""] = balancer.answerHeaders!()!;
    assert.equal(name, "set-cookie");
    assert.match(value, /^user=[0-9a-f]{12}; Max-Age=90; Path=\/shop; HttpOnly$/);
    const asked = { ...head("/"), headers: ["cookie", value.split(";")[0]!] };
    assert.equal(balancer.pick(asked, 0, random, undefined), at);
    assert.equal(balancer.answerHeaders!(), undefined);
  }
});

test("a cookie that is made has the attributes that a document wants", () => {
  const attributes = ["Secure", "SameSite=Strict"];
  const by = { kind: "cookie", name: "user", path: "", lifeMs: 0, attributes } as const;
  const balancer = make({ kind: "hash", by, table: RING }, endpoints(2));
  balancer.pick(head("/"), 0, seededRandom(1), undefined);
  const [, value = ""] = balancer.answerHeaders!()!;
  assert.match(value, /^user=[0-9a-f]{12}; HttpOnly; Secure; SameSite=Strict$/);
});

function make(plan: BalancerPlan, set: readonly Loaded[]): Balancer {
  const keys = set.map((_, i) => `127.64.0.${i + 1}:15008`);
  return balancerFor(plan, set, keys, () => "shop/web");
}

function pickMany(
  plan: BalancerPlan,
  set: readonly Loaded[],
  picks: number,
  tried?: readonly Loaded[],
  nowMs = 0,
): number[] {
  const balancer = make(plan, set);
  const random = seededRandom(42);
  const counts = set.map(() => 0);
  for (let i = 0; i < picks; i++) {
    const at = balancer.pick(head(`/?user=${i}`), nowMs, random, tried);
    if (at >= 0) counts[at]!++;
  }
  return counts;
}

function head(path: string): RequestHead {
  return {
    ...{ method: "GET", scheme: "http", authority: "reviews", path, headers: [] },
    contentLength: 0,
  };
}

function endpoints(
  count: number,
  ejected: readonly number[] = [],
  sinceMs: readonly number[] = [],
): Loaded[] {
  return Array.from({ length: count }, (_, i) => {
    const health: Health = { isEjected: () => ejected.includes(i), sinceMs: sinceMs[i] ?? -1e9 };
    return { load: new EndpointLoad(), health };
  });
}
