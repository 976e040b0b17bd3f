// The demo, as real processes: who gets which version, and that every hop is mTLS.

import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, test } from "node:test";
import type { Rows } from "#api/admin-paths.ts";
import { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { EdgeRow } from "#api/edge-row.ts";
import type { RouteRow } from "#api/route-row.ts";
import { eventually } from "#local/testing/eventually.ts";
import { bookshopDocuments } from "./support/bookshop-documents.ts";
import { assertSplit, measureSplit } from "./support/measure-split.ts";
import { dependencyUrl, environmentOf } from "./support/mesh-processes.ts";
import { RunningMesh } from "./support/running-mesh.ts";

const REQUESTS = 5_000;

let mesh: RunningMesh;

before(async () => {
  mesh = await RunningMesh.start({ documents: bookshopDocuments() });
});

after(() => mesh.stop());

test("requests for reviews divide by the weights of the HTTPRoute", async () => {
  const url = `${dependencyUrl(mesh, "bookshop/web", "reviews")}/reviews/1`;
  const question = { url, requests: REQUESTS, versionHeader: "x-reviews-version" };
  await assertSplit(question, { v1: 50, v2: 30, v3: 20 });
});

test("requests for the catalog divide 90 to 10, as the VirtualService says", async () => {
  const url = `${dependencyUrl(mesh, "bookshop/web", "catalog")}/books/1`;
  const question = { url, requests: REQUESTS, versionHeader: "x-catalog-version" };
  await assertSplit(question, { v1: 90, v2: 10 });
});

test("a tester always gets version 2 of the catalog", async () => {
  const url = `${dependencyUrl(mesh, "bookshop/orders", "catalog")}/books/1`;
  const headers = { "end-user": "tester" };
  const counts = await measureSplit({
    ...{ url, headers, requests: 300 },
    versionHeader: "x-catalog-version",
  });
  assert.deepEqual([...counts], [["v2", 300]]);
});

test("a page goes through three workloads, and an order through the other way", async () => {
  const front = `http://127.0.0.1:${environmentOf(mesh, "bookshop/web").get("PORT")}`;
  const page = await fetch(`${front}/books/1`);
  assert.equal(page.status, 200);
  assert.match(await page.text(), /Pride and Prejudice.*From the same shelf/s);
  const order = new URLSearchParams({ bookId: "3", quantity: "2", country: "DE" });
  const ordered = await fetch(`${front}/orders`, { method: "POST", body: order });
  assert.equal(ordered.status, 201);
});

test("visits are counted over TCP, and orders are told over WebSockets", async () => {
  const front = `http://127.0.0.1:${environmentOf(mesh, "bookshop/web").get("PORT")}`;
  const visit = async () => (await fetch(front)).text();
  const count = Number(/You are visit (\d+)/.exec(await visit())?.[1]);
  assert.match(await visit(), new RegExp(`You are visit ${count + 1}\\.`));
  const socket = new WebSocket(`${front.replace("http", "ws")}/live`);
  await once(socket, "open");
  const heard = once(socket, "message");
  const body = new URLSearchParams({ bookId: "3", quantity: "4", country: "AT" });
  const again = setInterval(() => void fetch(`${front}/orders`, { method: "POST", body }), 100);
  const [{ data }] = await heard;
  clearInterval(again);
  socket.close();
  assert.match(data, /"quantity":4,"country":"AT"/);
});

test("every hop between workloads is mTLS, with the identity of either side", async () => {
  const hops = [
    "web>reviews-v2",
    "reviews-v2>ratings",
    "web>orders",
    "orders>shipping",
    "web>store",
  ];
  let rows: readonly EdgeRow[] = [];
  await eventually("every hop is reported", async () => {
    ({ rows } = await mesh.ask<Rows<EdgeRow>>(ADMIN_PATHS.edges));
    const seen = rows.map((row) => `${row.source.workload}>${row.destination.workload}`);
    return hops.every((hop) => seen.includes(hop));
  });
  for (const { isSecured, source, destination } of rows) {
    const hop = `${source.workload} > ${destination.workload}`;
    assert.ok(isSecured, hop);
    for (const { namespace, workload, identity } of [source, destination]) {
      const account = workload.replace(/-v\d$/, "");
      assert.equal(identity, `spiffe://mesh.local/ns/${namespace}/sa/${account}`, hop);
    }
  }
});

test("the shares that the routes report are those of the weights", async () => {
  let rows: readonly RouteRow[] = [];
  await eventually("all requests for reviews are reported", async () => {
    const query = { name: "reviews" };
    ({ rows } = await mesh.ask<Rows<RouteRow>>(ADMIN_PATHS.routes, { query }));
    return rows.reduce((sum, row) => sum + row.requests, 0) > REQUESTS;
  });
  for (const [i, weight] of [0.5, 0.3, 0.2].entries()) {
    const backend = `reviews-v${i + 1}`;
    const share = rows.find((row) => row.backend === backend)?.share ?? 0;
    assert.ok(Math.abs(share - weight) < 0.04, `${backend}: ${share}`);
  }
});
