// The stream of live views from its one end to the other.

import assert from "node:assert/strict";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import type { MeshView } from "#api/mesh-view.ts";
import type { ViewEvent } from "#api/view-event.ts";
import { LIMITS } from "#base/limits.ts";
import { ViewEncoder } from "#control/admin/view-encoder.ts";
import { bookshopView } from "#dashboard/sample/bookshop-view.ts";
import { ViewDecoder } from "#dashboard/stream/view-decoder.ts";

test("what is read is what was said, from whatever second on somebody listens", () => {
  const encoder = new ViewEncoder();
  const early = new ViewDecoder();
  const late = new ViewDecoder();
  for (let second = 0; second < 8; second++) {
    const view = changing(second);
    const event = encoder.next(view);
    assertSame(early.decode(sent(event)), view);
    if (second === 4) assertSame(late.decode(sent(encoder.whole(view, event))), view);
    if (second > 4) assertSame(late.decode(sent(event)), view);
  }
});

test("names are told once, and what hasn't changed not again", () => {
  const encoder = new ViewEncoder();
  encoder.next(bookshopView(10));
  const event = encoder.next(bookshopView(11));
  const { stat, edges, routes } = event;
  assert.deepEqual([stat.heads, edges.heads, routes.heads], [[], [], []]);
  for (const part of ["workloads", "diagnostics", "checks", "changes", "unmeshed"]) {
    assert.ok(!(part in event));
  }
  assert.doesNotMatch(JSON.stringify(event), /reviews|spiffe/);
});

test("names that come and go are given numbers anew before there are too many", () => {
  const encoder = new ViewEncoder();
  const decoder = new ViewDecoder();
  const [edge] = bookshopView(5).edges;
  const wholes: number[] = [];
  for (let second = 0; second < 4; second++) {
    const edges = Array.from({ length: LIMITS.adminViewHeadsMax / 2 + 1 }, (_, i) => {
      const workload = `job-${second}-${i}`;
      return { ...edge!, destination: { ...edge!.destination, workload } };
    });
    const view = { ...bookshopView(second), edges };
    const event = encoder.next(view);
    if (event.isWhole) wholes.push(second);
    assertSame(decoder.decode(sent(event)), view);
  }
  assert.deepEqual(wholes, [0, 2]);
});

// Edges come, go and come back, one of them in plain text; a document breaks.
function changing(second: number): MeshView {
  const view = bookshopView(second);
  const edges = view.edges
    .filter((_, i) => i % 3 !== second % 3)
    .map((edge, i) => ({ ...edge, isSecured: i > 0 || second < 3 }));
  const web = { namespace: "shop", name: "web", kind: "Deployment", remedy: "restart it" };
  const unmeshed = second < 3 ? [] : [{ ...web, reason: "started-before" as const }];
  return { ...view, edges, unmeshed, diagnostics: second < 6 ? [] : view.diagnostics };
}

function sent(event: ViewEvent): ViewEvent {
  return JSON.parse(JSON.stringify(event));
}

// Not by deepEqual: it takes minutes to print how ten thousand edges differ.
function assertSame(read: MeshView, said: MeshView): void {
  assert.ok(isDeepStrictEqual(rounded(read), rounded(said)));
}

// As the stream rounds.
function rounded(view: MeshView): unknown {
  const text = JSON.stringify(view, (_, value) => {
    if (typeof value !== "number") return value;
    const scale = value <= 1 ? 1e6 : 1e3;
    return Math.round(value * scale) / scale;
  });
  return JSON.parse(text);
}
