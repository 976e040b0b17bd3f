import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDependency } from "./parse-dependency.ts";

test("a dependency names a service, its port, and how it is dialled", () => {
  const http = { namespace: "shop", service: "reviews", port: 9080, protocol: "http" };
  assert.deepEqual(parseDependency("reviews:9080", "shop"), http);
  assert.deepEqual(parseDependency("reviews.shop:9080", "default"), http);
  const tcp = { namespace: "data", service: "redis", port: 6379, protocol: "tcp" };
  assert.deepEqual(parseDependency("redis.data:6379/tcp", "shop"), tcp);
});

test("anything else is no dependency", () => {
  const wrong = ["", "reviews", "reviews:", "reviews:0", "reviews:65536", "a.b.c:1", "r:1/udp"];
  for (const text of wrong) assert.equal(parseDependency(text, "shop"), undefined);
});
