import assert from "node:assert/strict";
import { test } from "node:test";
import { askedPlace, parsePlace, servicePlace, workloadPlace } from "./place.ts";

test("each page has an address that leads to it", () => {
  const web = { namespace: "book shop", name: "we/b" };
  assert.deepEqual(parsePlace(workloadPlace(web)), { page: "workload", ...web });
  assert.deepEqual(parsePlace(servicePlace(web)), { page: "service", ...web });
  const graph = parsePlace(askedPlace("graph", { at: "5", span: "6h" }));
  assert.ok(graph.page === "graph");
  assert.equal(graph.asked.toString(), "at=5&span=6h");
  const asked = askedPlace("explain", { to: "reviews:9080", path: "/a?b=c", from: undefined });
  const place = parsePlace(asked);
  assert.ok(place.page === "explain");
  assert.equal(place.asked.get("to"), "reviews:9080");
  assert.equal(place.asked.get("path"), "/a?b=c");
  assert.equal(place.asked.has("from"), false);
});

test("what leads nowhere is the overview", () => {
  for (const hash of [
    "",
    "#",
    "#/",
    "#workloads",
    "#/workloads",
    "#/workloads/a",
    "#/x",
    "#/%ff",
  ]) {
    assert.deepEqual(parsePlace(hash), { page: "overview" }, hash);
  }
});
