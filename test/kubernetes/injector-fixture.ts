// The injector of this process, as a cluster's API server asks it: by the host's address, with the
// configuration that `weft install` makes. The control plane in a cluster runs the same service.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import { systemFiles } from "#base/file-system.ts";
import { silentLog } from "#base/log.ts";
import { systemRandom } from "#base/random.ts";
import { Authority } from "#control/authority/authority.ts";
import { INJECTOR } from "#control/kubernetes/injection/injection-fixture.ts";
import { InjectionService } from "#control/kubernetes/injection-service.ts";
import { installation } from "#install/installation.ts";
import { readValues } from "#install/read-values.ts";
import type { JsonObject } from "#ir/document.ts";
import { ClusterApi } from "#kubernetes/cluster-api.ts";
import type { Cluster } from "./cluster.ts";
import { weftImage } from "./images.ts";

export type Injector = {
  readonly trust: string; // PEM
  // Nobody answers any more; the configuration stays.
  die(): Promise<void>;
};

// What it made in the cluster goes when the work is over, whatever comes of it.
export async function withInjector(
  cluster: Cluster,
  work: (injector: Injector) => Promise<void>,
): Promise<void> {
  const installed = await cluster.kubectl([
    "get",
    "deployments",
    "-n",
    "weft-system",
    "-o",
    "name",
  ]);
  assert.equal(installed, "", "these cases come before those that install Weft");
  const folder = mkdtempSync(join(tmpdir(), "weft-injector-"));
  const authority = await openAuthority(folder);
  const { hostAddress, kubeconfig } = cluster;
  const opening = await ClusterApi.open({ kubeconfig });
  assert.ok(opening.kind === "opened");
  // An API server without pods is on the host's own loopback.
  const { hostname } = opening.api.access.server;
  const address = hostname === "127.0.0.1" ? hostname : hostAddress;
  const service = await InjectionService.start({
    ...{ api: opening.api, clock: systemClock, random: systemRandom, log: silentLog },
    trust: () => authority.trust,
    settings: { ...INJECTOR, image: weftImage() },
    on: { address, port: 0 },
    sign: (asked) => authority.signServer({ ...asked, names: [...asked.names, address] }),
  });
  let isDead = false;
  const die = async () => {
    if (!isDead) await service.close();
    isDead = true;
  };
  const objects = objectsFor(`https://${address}:${service.port}/inject`);
  try {
    await cluster.apply(objects);
    service.lead(true);
    await work({ trust: authority.trust.join(""), die });
  } finally {
    await die();
    const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
    await cluster.kubectl(["delete", "--ignore-not-found", "-f", "-"], { input });
    rmSync(folder, { recursive: true });
  }
}

async function openAuthority(folder: string): Promise<Authority> {
  const opening = await Authority.open({
    ...{ clock: systemClock, folder, files: systemFiles, log: silentLog },
    ...{ trustDomain: "cluster.local", certificateLifeMs: 3_600_000 },
  });
  assert.ok(opening.kind === "opened");
  return opening.authority;
}

// The webhook's configuration, asked by URL, and the owner of what the leader writes.
function objectsFor(url: string): readonly JsonObject[] {
  const choice = { version: "0.1.0", profile: "default", kept: {}, files: [], sets: [] } as const;
  const read = readValues(choice);
  assert.ok(read.kind === "ok");
  const parts = { weftCrds: false, gatewayApiCrds: false, controlPlane: true };
  return installation({ ...choice, ...read, parts }).flatMap((object): JsonObject[] => {
    const { kind, webhooks } = object;
    if (kind === "ClusterRole") return [object];
    if (kind !== "MutatingWebhookConfiguration") return [];
    const entries = (webhooks as readonly JsonObject[]).map((entry) => {
      return { ...entry, clientConfig: { url } };
    });
    return [{ ...object, webhooks: entries }];
  });
}
