// The bookshop as pods in the mesh: what travels between them, and whom rules send where.

import assert from "node:assert/strict";
import { eventually } from "#local/testing/eventually.ts";
import { BOOKSHOP, deployBookshop } from "./bookshop.ts";
import type { Cluster } from "./cluster.ts";
import type { ClusterCase } from "./cluster-case.ts";
import { installMesh } from "./installed-mesh.ts";
import { PacketCapture } from "./packet-capture.ts";
import { tally } from "./tally.ts";

const WITHIN_MS = 420_000;
const CHANGE_WITHIN_MS = 20_000;
const MARKER = "a-reader-whom-nobody-else-may-see";
const TLS_HANDSHAKE = [0x16, 0x03];
// The mesh's own pages, for collectors and the kubelet.
const STATUS_PORTS = [15_020, 15_021];
const HOPS = [
  "orders>catalog",
  "orders>shipping",
  "reviews>ratings",
  "visitors>web",
  "web>catalog",
  "web>orders",
  "web>recommendations",
  "web>reviews",
  "web>store",
];

export const bookshopCases: readonly ClusterCase[] = [
  {
    name: "every hop of the bookshop is TLS from its first byte, as captured between the pods",
    withinMs: WITHIN_MS,
    async run(cluster) {
      await installMesh(cluster);
      const capture = await PacketCapture.start(cluster);
      try {
        await deployBookshop(cluster);
        const seen = await cluster.kubectl(["get", "pods", "-n", BOOKSHOP, "-o", "json"]);
        await order(cluster);
        await eventually("every hop", () => missingHops(capture, seen).length === 0, 60_000).catch(
          () => assert.deepEqual(missingHops(capture, seen), []),
        );
        const asked = await ask(cluster, "http://catalog:9080/books/3", 20, { "end-user": MARKER });
        assert.deepEqual(asked, { "200": 20 });
      } finally {
        await capture.stop();
      }
      assert.equal(capture.includes(MARKER), false, "a header was to be read on the network");
      const pods = await podsByAddress(cluster);
      const between = capture
        .flows()
        .filter(({ from, to, toPort, isDialler }) => {
          const isStatus = isDialler && STATUS_PORTS.includes(toPort);
          return pods.has(from) && pods.has(to) && !isStatus;
        })
        .filter(({ begins }) => begins !== undefined);
      const plain = between.filter(({ begins }) =>
        TLS_HANDSHAKE.some((byte, i) => begins![i] !== byte),
      );
      const text = plain.map(
        ({ from, to, toPort }) => `${pods.get(from)}>${pods.get(to)}:${toPort}`,
      );
      assert.deepEqual(text, []);
      assert.ok(between.length >= 2 * HOPS.length, `${between.length} directions were captured`);
    },
  },
  {
    name: "a canary by HTTPRoute: its shares hold, and new ones take effect without a failed request",
    withinMs: WITHIN_MS,
    async run(cluster) {
      await inShop(cluster);
      const url = "http://reviews:9080/reviews/3";
      const shares = await ask(cluster, url, 500, {}, "x-reviews-version");
      near(shares["200 v1"], 250);
      near(shares["200 v2"], 150);
      near(shares["200 v3"], 100);
      await weigh(cluster, "httproute", [0, 0, 100]);
      const all = { "200 v3": 100 };
      const old = ["200 v1", "200 v2"];
      await becomes(() => ask(cluster, url, 100, {}, "x-reviews-version"), all, old);
      await weigh(cluster, "httproute", [50, 30, 20]);
    },
  },
  {
    name: "a canary by VirtualService: a header chooses for all of a hundred, weights for the others",
    withinMs: WITHIN_MS,
    async run(cluster) {
      await inShop(cluster);
      const url = "http://catalog:9080/books/3";
      const tester = { "end-user": "tester" };
      assert.deepEqual(await ask(cluster, url, 100, tester, "x-catalog-version"), {
        "200 v2": 100,
      });
      const others = await ask(cluster, url, 500, {}, "x-catalog-version");
      near(others["200 v1"], 450);
      near(others["200 v2"], 50);
    },
  },
];

async function inShop(cluster: Cluster): Promise<void> {
  await installMesh(cluster);
  await deployBookshop(cluster);
}

function ask(
  cluster: Cluster,
  url: string,
  count: number,
  headers: Readonly<Record<string, string>> = {},
  by?: string,
): Promise<Record<string, number>> {
  const from = { namespace: BOOKSHOP, from: "deployment/web", container: "web" };
  return tally(cluster, { ...from, url, count, headers, ...(by !== undefined && { by }) });
}

// Old answers may still come for a while, all others fail at once.
async function becomes(
  asking: () => Promise<Record<string, number>>,
  wanted: Record<string, number>,
  old: readonly string[],
): Promise<void> {
  const known = [...old, ...Object.keys(wanted)];
  const endMs = performance.now() + CHANGE_WITHIN_MS;
  for (;;) {
    const answers = await asking();
    const others = Object.keys(answers).filter((key) => !known.includes(key));
    assert.deepEqual(others, []);
    if (JSON.stringify(answers) === JSON.stringify(wanted)) return;
    if (performance.now() > endMs) return assert.deepEqual(answers, wanted);
  }
}

async function order(cluster: Cluster): Promise<void> {
  const script = `
    const order = { bookId: 3, quantity: 1, country: "DE" };
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify(order);
    const answer = await fetch("http://orders:9080/orders", { method: "POST", headers, body });
    console.log(answer.status, await answer.text());`;
  const command = ["node", "--input-type=module", "--eval", script];
  const said = await cluster.exec(BOOKSHOP, "deployment/web", command, { container: "web" });
  assert.match(said, /^20[01] /);
}

// Four standard deviations of a share of 500 draws.
function near(count = 0, wanted: number): void {
  const margin = 4 * Math.sqrt(wanted * (1 - wanted / 500));
  assert.ok(Math.abs(count - wanted) < margin, `${count}, not about ${wanted}`);
}

async function weigh(cluster: Cluster, kind: string, weights: readonly number[]): Promise<void> {
  const patch = weights.map((value, i) => {
    return { op: "replace", path: `/spec/rules/0/backendRefs/${i}/weight`, value };
  });
  const change = ["--type=json", "-p", JSON.stringify(patch)];
  await cluster.kubectl(["patch", kind, "reviews", "-n", BOOKSHOP, ...change]);
}

type PodList = {
  items: { metadata: { labels: { app: string } }; status: { podIP?: string } }[];
};

async function podsByAddress(cluster: Cluster): Promise<Map<string, string>> {
  return byAddress(await cluster.kubectl(["get", "pods", "-n", BOOKSHOP, "-o", "json"]));
}

function byAddress(text: string): Map<string, string> {
  const { items }: PodList = JSON.parse(text);
  return new Map(items.map(({ metadata, status }) => [status.podIP ?? "", metadata.labels.app]));
}

function missingHops(capture: PacketCapture, pods: string): string[] {
  const names = byAddress(pods);
  const dialled = capture.flows().filter(({ isDialler }) => isDialler);
  const hops = new Set(dialled.map(({ from, to }) => `${names.get(from)}>${names.get(to)}`));
  return HOPS.filter((hop) => !hops.has(hop));
}
