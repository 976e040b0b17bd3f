// What happens to requests while the control plane, or the API server, is away: nothing.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "#local/testing/eventually.ts";
import { BOOKSHOP, deployBookshop } from "./bookshop.ts";
import type { Cluster } from "./cluster.ts";
import type { ClusterCase } from "./cluster-case.ts";
import { installMesh, SYSTEM } from "./installed-mesh.ts";
import { LoadJob } from "./load-job.ts";
import { tally } from "./tally.ts";

const CONTROL = "deployment/weft-control";
const RATE = 20;
const LOAD = ["--target=http://web:9080", "--mix=bookshop", `--rate=${RATE}`];
const ROLLOUT_LOAD_S = 75;
const API_AWAY_MS = 300_000;
// Also while it comes back, and the node controller takes all pods for lost.
const AWAY_LOAD_S = 370;
const FOLLOWS_WITHIN_MS = 120_000;

export const awayCases: readonly ClusterCase[] = [
  {
    name: "no request fails while the control plane is rolled out, killed and started again",
    withinMs: 480_000,
    async run(cluster) {
      await inShop(cluster);
      const load = await LoadJob.start(cluster, BOOKSHOP, "load-control", ROLLOUT_LOAD_S, LOAD);
      await cluster.kubectl(["rollout", "restart", CONTROL, "-n", SYSTEM]);
      await cluster.rolledOut(SYSTEM, CONTROL);
      const kill = ["delete", "pod", "-n", SYSTEM, "-l", "app.kubernetes.io/component=control"];
      await cluster.kubectl([...kill, "--grace-period=0", "--force"]);
      await cluster.rolledOut(SYSTEM, CONTROL);
      await follows(cluster);
      await load.expectNoFailure(RATE * ROLLOUT_LOAD_S * 0.9);
    },
  },
  {
    name: "no request fails while the API server is away for five minutes",
    withinMs: 900_000,
    async run(cluster) {
      await inShop(cluster);
      const load = await LoadJob.start(cluster, BOOKSHOP, "load-away", AWAY_LOAD_S, LOAD);
      await cluster.stopComponent("kube-apiserver");
      await sleep(API_AWAY_MS);
      cluster.restartComponent("kube-apiserver");
      const isBack = () =>
        cluster.kubectl(["get", "--raw", "/readyz"]).then(
          () => true,
          () => false,
        );
      await eventually("the API server is back", isBack, 60_000);
      await load.expectNoFailure(RATE * AWAY_LOAD_S * 0.9);
      await follows(cluster);
    },
  },
];

async function inShop(cluster: Cluster): Promise<void> {
  await installMesh(cluster);
  await deployBookshop(cluster);
}

// A change of rules gets through.
async function follows(cluster: Cluster): Promise<void> {
  const versions = async (weights: readonly number[]) => {
    const patch = weights.map((value, i) => {
      return { op: "replace", path: `/spec/rules/0/backendRefs/${i}/weight`, value };
    });
    const change = ["patch", "httproute", "reviews", "-n", BOOKSHOP, "--type=json"];
    await cluster.kubectl([...change, "-p", JSON.stringify(patch)]);
  };
  await versions([0, 0, 1]);
  let last: Record<string, number> = {};
  const isFollowed = async () => {
    last = await tally(cluster, {
      ...{ namespace: BOOKSHOP, from: "deployment/web", container: "web", count: 50 },
      ...{ url: "http://reviews:9080/reviews/3", by: "x-reviews-version" },
    });
    return last["200 v3"] === 50;
  };
  await eventually("the route's new weights", isFollowed, FOLLOWS_WITHIN_MS).catch(() => {
    assert.deepEqual(last, { "200 v3": 50 });
  });
  await versions([50, 30, 20]);
}
