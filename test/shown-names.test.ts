// A pod is called by its controller's name where people read it, and by its own where it matters
// which pod it is.

import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "#base/random.ts";
import { compile } from "#compile/compile.ts";
import { CALLER, DecidingProxy } from "./support/deciding-proxy.ts";
import { diceOf, randomModel } from "./support/random-routes.ts";

test("requests are counted under the controller's name of who sends them", () => {
  const key = "a.bookshop:9080";
  const seen = new Set<string | undefined>();
  for (let seed = 1; seed <= 20; seed++) {
    const plan = compiled(seed).outbound.get("bookshop/a/9080");
    assert.ok(plan);
    const proxy = new DecidingProxy(plan, [key], seededRandom(seed), () => 200, "web-of-shop");
    const head = { method: "GET", scheme: "http", authority: "a:9080", path: "/" } as const;
    const { counted } = proxy.ask({ ...head, headers: [], contentLength: 0 }, key, false);
    seen.add(counted?.sourceWorkload);
  }
  assert.deepEqual([...seen], ["web-of-shop"]);
  assert.notEqual(CALLER.name, "web-of-shop");
});

function compiled(seed: number) {
  return compile(randomModel(diceOf(seededRandom(seed))), [], 1).snapshot;
}
