import assert from "node:assert/strict";
import { test } from "node:test";
import type { MeshView } from "#api/mesh-view.ts";
import { EMPTY_MEMORY, remember } from "#dashboard/memory/mesh-memory.ts";
import { bookshopView } from "#dashboard/sample/bookshop-view.ts";
import { callGraph } from "./call-graph.ts";
import { type GraphLayout, layoutGraph } from "./layout.ts";
import { SIZES } from "./sizes.ts";

test("callers stand left of the called, versions of an app below each other", () => {
  const layout = layoutOf(bookshopView(5));
  const at = (name: string) => layout.nodes.find(({ node }) => node.name === name)!;
  const chain = ["visitors", "web", "reviews-v2", "ratings"].map((name) => at(name).x);
  assert.deepEqual(
    chain,
    [...chain].sort((a, b) => a - b),
  );
  assert.ok(at("orders").x < at("catalog-v1").x);
  assert.equal(at("reviews-v1").x, at("reviews-v3").x);
  assert.deepEqual(layout.boxes.map(({ label }) => label).sort(), ["catalog", "reviews"]);
});

test("nodes never overlap, and all lie within the picture", () => {
  const { nodes, widthPx, heightPx } = layoutOf(bookshopView(5));
  for (const a of nodes) {
    assert.ok(a.x >= 0 && a.x + SIZES.nodeWidthPx <= widthPx);
    assert.ok(a.y >= 0 && a.y + SIZES.nodeHeightPx <= heightPx);
    for (const b of nodes) {
      if (a === b || a.x !== b.x) continue;
      assert.ok(Math.abs(a.y - b.y) >= SIZES.nodeHeightPx, `${a.node.name}, ${b.node.name}`);
    }
  }
});

test("nothing moves while only figures change", () => {
  assert.deepEqual(shapeOf(layoutOf(bookshopView(5))), shapeOf(layoutOf(bookshopView(55))));
});

test("the order of rows in a view changes nothing", () => {
  const view = bookshopView(5);
  const turned = {
    ...view,
    workloads: [...view.workloads].reverse(),
    edges: [...view.edges].reverse(),
  };
  assert.deepEqual(shapeOf(layoutOf(view)), shapeOf(layoutOf(turned)));
});

test("no two labels lie on each other", () => {
  const labels = layoutOf(bookshopView(5)).edges.map(({ label }) => label);
  for (const [i, a] of labels.entries()) {
    for (const b of labels.slice(i + 1)) {
      const apart =
        Math.abs(a.x - b.x) >= SIZES.labelWidthPx || Math.abs(a.y - b.y) >= SIZES.labelHeightPx;
      assert.ok(apart, JSON.stringify([a, b]));
    }
  }
});

test("a mesh without traffic has its workloads in columns, one without workloads is empty", () => {
  const silent = layoutOf({ ...bookshopView(5), edges: [] });
  assert.equal(silent.nodes.length, 10);
  assert.ok(silent.heightPx <= SIZES.idleColumnPx + 2 * SIZES.marginPx);
  const empty = layoutOf({ ...bookshopView(5), workloads: [], edges: [] });
  assert.deepEqual(empty.nodes, []);
});

test("calls in a circle, to oneself and from outside are all drawn", () => {
  const view = bookshopView(5);
  const [first] = view.edges;
  const end = (workload: string) => ({ namespace: "bookshop", workload, identity: "" });
  const edge = (from: string, to: string) => ({
    ...first!,
    source: end(from),
    destination: end(to),
  });
  const edges = [edge("web", "orders"), edge("orders", "web"), edge("web", "web"), edge("", "web")];
  const layout = layoutOf({ ...view, edges });
  assert.equal(layout.edges.length, 4);
  for (const { path } of layout.edges) assert.doesNotMatch(path, /NaN|undefined|Infinity/);
  assert.ok(layout.nodes.some(({ node }) => node.name === "outside the mesh"));
});

function layoutOf(view: MeshView): GraphLayout {
  return layoutGraph(callGraph(view, remember(EMPTY_MEMORY, view).edges));
}

function shapeOf(layout: GraphLayout) {
  return [
    layout.nodes.map(({ node, x, y }) => [node.key, x, y]),
    layout.edges.map(({ edge, path, label }) => [edge.key, path, label]),
  ];
}
