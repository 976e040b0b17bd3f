import assert from "node:assert/strict";
import { test } from "node:test";
import { layersOf } from "./layers.ts";

test("the called stand right of all their callers", () => {
  assert.deepEqual(layered("a>b a>c b>c c>d a>d"), { a: 0, b: 1, c: 2, d: 3 });
});

test("a circle is cut behind the way in to it, and a call to oneself counts for nothing", () => {
  assert.deepEqual(layered("z>m m>b b>m b>b b>y"), { z: 0, m: 1, b: 2, y: 3 });
});

test("a circle without a way in is cut somewhere, always there", () => {
  assert.deepEqual(layered("b>c c>a a>b"), layered("a>b b>c c>a"));
});

test("the order in which calls are told changes nothing", () => {
  assert.deepEqual(layered("c>d a>d b>c a>c a>b"), layered("a>b a>c a>d b>c c>d"));
});

test("a long chain is no trouble", () => {
  const keys = Array.from({ length: 5000 }, (_, i) => String(i));
  const links = keys.slice(1).map((to, i) => ({ from: String(i), to }));
  assert.equal(layersOf(keys, links).get("4999"), 4999);
});

function layered(calls: string): Readonly<Record<string, number>> {
  const links = calls.split(" ").map((call) => {
    const [from = "", to = ""] = call.split(">");
    return { from, to };
  });
  const layers = layersOf([...new Set(links.flatMap(({ from, to }) => [from, to]))], links);
  return Object.fromEntries([...layers].sort(([a], [b]) => (a < b ? -1 : 1)));
}
