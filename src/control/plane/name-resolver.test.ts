import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import { LIMITS } from "#base/limits.ts";
import { silentLog } from "#base/log.ts";
import { NameResolver } from "./name-resolver.ts";

function resolverOf(lookUp: (host: string) => Promise<readonly string[]>) {
  const clock = new FakeClock();
  const told = { changes: 0 };
  const changed = (): void => void told.changes++;
  const resolver = new NameResolver({ clock, log: silentLog, lookUp, changed });
  return { clock, told, resolver };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("what was found last goes on while the resolver fails, until it answers", async () => {
  let answer: readonly string[] | undefined = ["10.0.0.2", "10.0.0.1"];
  let asked = 0;
  const { clock, told, resolver } = resolverOf(async () => {
    asked++;
    if (!answer) throw new Error("SERVFAIL");
    return answer;
  });
  resolver.retain(["a.example.com"]);
  assert.equal(resolver.addressesOf("a.example.com"), undefined);
  await settled();
  assert.deepEqual(resolver.addressesOf("a.example.com"), ["10.0.0.1", "10.0.0.2"]);
  answer = undefined;
  clock.advance(LIMITS.resolveEveryMs);
  await settled();
  assert.deepEqual(resolver.addressesOf("a.example.com"), ["10.0.0.1", "10.0.0.2"]);
  answer = ["10.0.0.2", "10.0.0.1"];
  clock.advance(LIMITS.resolveAgainMs);
  await settled();
  assert.deepEqual([asked, told.changes], [3, 1], "another order is no change");
  answer = ["10.0.0.3"];
  clock.advance(LIMITS.resolveEveryMs);
  await settled();
  assert.deepEqual(resolver.addressesOf("a.example.com"), ["10.0.0.3"]);
  assert.equal(told.changes, 2);
});

test("a name that comes back while it is asked for is asked for once each time", async () => {
  let asked = 0;
  const { clock, resolver } = resolverOf(async () => {
    asked++;
    return ["10.0.0.1"];
  });
  resolver.retain(["a.example.com"]);
  resolver.retain([]);
  resolver.retain(["a.example.com"]);
  await settled();
  assert.equal(asked, 2);
  clock.advance(LIMITS.resolveEveryMs);
  await settled();
  assert.equal(asked, 3);
  resolver.close();
  clock.advance(LIMITS.resolveEveryMs);
  assert.equal(asked, 3);
});

test("few names are asked for at a time, and none that nobody wants any more", async () => {
  const asked: string[] = [];
  const answers: (() => void)[] = [];
  const { clock, told, resolver } = resolverOf((host) => {
    asked.push(host);
    return new Promise((resolve) => answers.push(() => resolve(["10.0.0.1"])));
  });
  const hosts = Array.from({ length: LIMITS.resolutionsMax + 2 }, (_, i) => `h${i}.example.com`);
  resolver.retain(hosts);
  assert.equal(asked.length, LIMITS.resolutionsMax);
  resolver.retain(hosts.slice(0, -1));
  for (const answer of answers.splice(0)) answer();
  await settled();
  await settled();
  assert.deepEqual(asked, hosts.slice(0, -1));
  resolver.close();
  for (const answer of answers) answer();
  await settled();
  assert.equal(told.changes, LIMITS.resolutionsMax);
  clock.advance(LIMITS.resolveEveryMs);
  assert.equal(asked.length, hosts.length - 1);
});
