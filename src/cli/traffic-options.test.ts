import assert from "node:assert/strict";
import { test } from "node:test";
import { trafficParameters } from "./traffic-options.ts";

const NOW_MS = 1_800_000_000_000;

test("the last minutes are asked for as such, everything else as a stretch of time", () => {
  assert.deepEqual(queryOf({}), { windowMs: "60000" });
  assert.deepEqual(queryOf({ timeWindow: 900_000 }), { windowMs: "900000" });
  assert.deepEqual(queryOf({ timeWindow: 7_200_000 }), stretch(7_200_000, 0));
  assert.deepEqual(queryOf({ since: NOW_MS - 5000 }), stretch(5000, 0));
  assert.deepEqual(queryOf({ since: NOW_MS - 5000, timeWindow: 2000 }), stretch(5000, 3000));
  assert.deepEqual(queryOf({ until: NOW_MS - 5000, timeWindow: 2000 }), stretch(7000, 5000));
  assert.deepEqual(queryOf({ until: NOW_MS - 5000 }), stretch(65_000, 5000));
});

test("--from and --to name workloads, services or namespaces", () => {
  const { windowMs: _, ...parties } = queryOf({ from: "web", to: "svc/reviews" });
  assert.deepEqual(parties, { source: "web", destination: "reviews" });
  assert.equal(queryOf({ from: "ns/bookshop" })["sourceNamespace"], "bookshop");
  for (const from of ["10:30", "2h ago", "deploy/", "thing/web", ""]) {
    const parameters = trafficParameters({ from }, NOW_MS);
    assert.equal(parameters.kind, "invalid");
    assert.match(parameters.kind === "invalid" ? parameters.message : "", /--since and --until/);
  }
});

function queryOf(options: Parameters<typeof trafficParameters>[0]) {
  const parameters = trafficParameters(options, NOW_MS);
  assert.ok(parameters.kind === "ok");
  return parameters.query;
}

function stretch(fromAgoMs: number, toAgoMs: number) {
  return { from: String(NOW_MS - fromAgoMs), to: String(NOW_MS - toAgoMs) };
}
