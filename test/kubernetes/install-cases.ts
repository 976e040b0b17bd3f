// Installing Weft and removing it, with nothing left: these cases begin and end without a mesh, so
// they run before those that share one.

import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import { allObjects } from "./all-objects.ts";
import type { Cluster } from "./cluster.ts";
import type { ClusterCase } from "./cluster-case.ts";
import { importWeftImage } from "./images.ts";
import { SYSTEM, weft } from "./installed-mesh.ts";

const LEFT_WITHIN_MS = 60_000;
// An API server that finds a definition's storage not ready when it is to be removed may come back
// to it only when it looks at all definitions again, each five minutes (crd_finalizer.go: "storage
// is (re)initializing"). Most go within seconds.
const REMOVED_WITHIN_MS = 400_000;

export const installCases: readonly ClusterCase[] = [
  {
    name: "a real API server takes the manifests of every profile",
    async run(cluster) {
      await cluster.kubectl(["create", "namespace", SYSTEM]);
      for (const profile of ["default", "ha"]) {
        const manifests = await weft(cluster, ["install", "--profile", profile]);
        const dry = ["apply", "--dry-run=server", "--validate=strict", "-f", "-"];
        const told = await cluster.kubectl(dry, { input: manifests });
        assert.match(told, /deployment\.apps\/weft-control created \(server dry run\)/);
      }
      await cluster.kubectl(["delete", "namespace", SYSTEM]);
    },
  },
  {
    name: "Weft is installed, upgraded with its authority kept, and removed with nothing left",
    withinMs: 780_000,
    async run(cluster) {
      await importWeftImage(cluster);
      const before = await allObjects(cluster);
      await weft(cluster, ["check", "--pre"]);
      await apply(cluster, ["install", "--set", "control.logLevel=debug"]);
      await cluster.rolledOut(SYSTEM, "deployment/weft-control");
      await weft(cluster, ["check", "--wait", "90s", "-n", SYSTEM]);
      await isAppliedTwiceAlike(cluster);
      await upgradeKeepsAuthority(cluster);
      await isRefusedNothing(cluster);
      const manifests = await weft(cluster, ["uninstall", "--gateway-api-crds"]);
      const remove = ["delete", "-f", "-", "--timeout=6m"];
      await cluster.kubectl(remove, { input: manifests, withinMs: REMOVED_WITHIN_MS });
      await isAsBefore(cluster, before);
    },
  },
];

async function apply(cluster: Cluster, args: readonly string[]): Promise<string> {
  const input = await weft(cluster, args);
  return cluster.kubectl(["apply", "-f", "-"], { input });
}

async function isAppliedTwiceAlike(cluster: Cluster): Promise<void> {
  const told = await apply(cluster, ["install", "--set", "control.logLevel=debug"]);
  const changed = told.split("\n").filter((line) => line !== "" && !line.endsWith(" unchanged"));
  assert.deepEqual(changed, []);
}

async function upgradeKeepsAuthority(cluster: Cluster): Promise<void> {
  const secrets = async () => {
    const { items } = await cluster.get("secrets", "weft-ca", "weft-admin", "-n", SYSTEM);
    return items.map(({ data }: { data: object }) => data);
  };
  const before = await secrets();
  await apply(cluster, ["upgrade", "--set", "control.podAnnotations.again=yes"]);
  await cluster.rolledOut(SYSTEM, "deployment/weft-control");
  assert.deepEqual(await secrets(), before);
  const { data } = await cluster.get("configmap", "weft-config", "-n", SYSTEM);
  assert.deepEqual(JSON.parse(data.values), {
    control: { logLevel: "debug", podAnnotations: { again: "yes" } },
  });
  await weft(cluster, ["check", "--wait", "90s", "-n", SYSTEM]);
}

// Least privilege, seen from the other side.
async function isRefusedNothing(cluster: Cluster): Promise<void> {
  const logs = await cluster.logs(SYSTEM, "deployment/weft-control", "control");
  const refused = logs.split("\n").filter((line) => /forbidden|\(403\)/i.test(line));
  assert.deepEqual(refused, []);
}

// What goes with its owner goes a moment later.
export async function isAsBefore(cluster: Cluster, before: ReadonlySet<string>): Promise<void> {
  const untilMs = performance.now() + LEFT_WITHIN_MS;
  for (;;) {
    const left = (await allObjects(cluster)).difference(before);
    if (left.size === 0) return;
    if (performance.now() > untilMs) assert.deepEqual([...left], []);
    await wait(1_000);
  }
}
