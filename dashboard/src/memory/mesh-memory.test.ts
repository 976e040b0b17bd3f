import assert from "node:assert/strict";
import { test } from "node:test";
import type { MeshView } from "#api/mesh-view.ts";
import { bookshopView } from "#dashboard/sample/bookshop-view.ts";
import { EMPTY_MEMORY, type MeshMemory, remember } from "./mesh-memory.ts";

const WEB = "bookshop/web";

test("the last minute of each workload is kept, oldest first", () => {
  const memory = after(0, 100);
  const samples = memory.samples.get(WEB)!;
  assert.equal(samples.length, 61);
  assert.equal(samples[0]!.atMs, bookshopView(40).atMs);
  assert.equal(samples.at(-1)!.atMs, memory.atMs);
});

test("a clock that is set back leaves no sample from the future", () => {
  const memory = remember(after(0, 30), bookshopView(10));
  assert.deepEqual(
    memory.samples.get(WEB)!.map(({ atMs }) => atMs),
    Array.from({ length: 11 }, (_, second) => bookshopView(second).atMs),
  );
});

test("a workload that is gone is forgotten", () => {
  const view = bookshopView(31);
  const memory = remember(after(0, 30), {
    ...view,
    stat: view.stat.filter(({ name }) => name !== "web"),
  });
  assert.equal(memory.samples.has(WEB), false);
  assert.equal(memory.samples.get("bookshop/orders")!.length, 32);
});

test("an edge that falls quiet stays for five minutes, without figures", () => {
  const quiet = remember(after(0, 1), silent(240));
  assert.equal(quiet.edges.length, bookshopView(0).edges.length);
  assert.deepEqual(
    quiet.edges.map(({ rps, successRate }) => [rps, successRate]),
    quiet.edges.map(() => [0, null]),
  );
  assert.equal(remember(quiet, silent(302)).edges.length, 0);
});

function after(first: number, last: number): MeshMemory {
  let memory = EMPTY_MEMORY;
  for (let second = first; second <= last; second++) {
    memory = remember(memory, bookshopView(second));
  }
  return memory;
}

function silent(second: number): MeshView {
  return { ...bookshopView(second), edges: [] };
}
