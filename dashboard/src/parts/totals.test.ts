import assert from "node:assert/strict";
import { test } from "node:test";
import { bookshopView } from "#dashboard/sample/bookshop-view.ts";
import { totalsOf } from "./totals.ts";

test("totals count every call once, and edges only while they carry some", () => {
  const view = bookshopView(5);
  const [first, second] = view.edges;
  const figures = { requests: 100, failures: 1, rps: 10 };
  const totals = totalsOf({
    ...view,
    edges: [
      { ...first!, ...figures, isSecured: true },
      { ...second!, ...figures, isSecured: false },
      { ...second!, requests: 0, failures: 0, rps: 0 },
    ],
  });
  assert.equal(totals.callsPerSecond, 20);
  assert.equal(totals.successRate, 0.99);
  assert.deepEqual([totals.edges, totals.edgesSecured], [2, 1]);
});

test("the slowest workload is named, and none where nothing was asked", () => {
  assert.equal(totalsOf(bookshopView(5)).slowest?.name, "web");
  assert.equal(totalsOf({ ...bookshopView(5), stat: [] }).slowest, undefined);
  assert.equal(totalsOf({ ...bookshopView(5), edges: [] }).successRate, null);
});
