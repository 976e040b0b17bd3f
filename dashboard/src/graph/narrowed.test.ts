import assert from "node:assert/strict";
import { test } from "node:test";
import type { KnownEdge } from "#dashboard/memory/mesh-memory.ts";
import { bookshopView } from "#dashboard/sample/bookshop-view.ts";
import { narrowed } from "./narrowed.ts";

const view = bookshopView(100);
const edges: readonly KnownEdge[] = view.edges.map((edge) => ({ ...edge, seenAtMs: view.atMs }));
const all = { find: "", namespace: "", onlyFailing: false };

test("nothing is left out unless somebody asks", () => {
  const shown = narrowed(view, edges, all);
  assert.deepEqual(shown.view.workloads, view.workloads);
  assert.deepEqual(shown.edges, edges);
});

test("what is found stands among its neighbours", () => {
  const shown = narrowed(view, edges, { ...all, find: "Ratings" });
  assert.ok(shown.edges.length > 0);
  for (const { source, destination } of shown.edges) {
    assert.ok([source.workload, destination.workload].includes("ratings"));
  }
  assert.ok(shown.view.workloads.some(({ name }) => name === "ratings"));
  assert.ok(shown.view.workloads.length < view.workloads.length);
});

test("a namespace that has nothing is empty, and so is a mesh where nothing fails", () => {
  assert.deepEqual(narrowed(view, edges, { ...all, namespace: "other" }).view.workloads, []);
  const well = edges.map((edge) => ({ ...edge, successRate: 1 }));
  assert.deepEqual(narrowed(view, well, { ...all, onlyFailing: true }).edges, []);
});
