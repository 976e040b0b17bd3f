// `weft check` in a cluster, category by category, in the order in which one thing stands on
// another: where there is no API server, nothing else is looked at.

import type { CheckCategory, CheckResult } from "#api/check-result.ts";
import { isPodReady } from "#cli/pod-state.ts";
import { NAMES } from "#install/names.ts";
import type { CheckWorld } from "./check-world.ts";
import { configChecks } from "./config-checks.ts";
import { conflictChecks } from "./conflict-checks.ts";
import { crdChecks } from "./crd-checks.ts";
import { dataPlaneChecks, listPods } from "./data-plane-checks.ts";
import { existenceChecks } from "./existence-checks.ts";
import { gatewayApiChecks } from "./gateway-api-checks.ts";
import { haChecks } from "./ha-checks.ts";
import { identityChecks } from "./identity-checks.ts";
import { kubernetesChecks } from "./kubernetes-checks.ts";
import { meshChecks } from "./mesh-checks.ts";
import { proxyChecks } from "./proxy-checks.ts";
import { setupChecks } from "./setup-checks.ts";
import { webhookChecks } from "./webhook-checks.ts";

const SELECTOR = encodeURIComponent("app.kubernetes.io/component=control");
const PODS = `/api/v1/namespaces/${NAMES.namespace}/pods?labelSelector=${SELECTOR}`;

// Before an installation.
export async function preChecks(world: CheckWorld): Promise<CheckResult> {
  const kubernetes = await kubernetesChecks(world);
  if (hasFailed(kubernetes)) return { categories: kubernetes };
  return {
    categories: [
      ...kubernetes,
      await setupChecks(world),
      await gatewayApiChecks(world, false),
      await conflictChecks(world),
    ],
  };
}

export async function clusterChecks(world: CheckWorld, withProxies: boolean): Promise<CheckResult> {
  const kubernetes = await kubernetesChecks(world);
  if (hasFailed(kubernetes)) return { categories: kubernetes };
  const [gatewayApi, crds, { category: configured, config }] = await Promise.all([
    gatewayApiChecks(world, true),
    crdChecks(world),
    configChecks(world),
  ]);
  const before = [...kubernetes, gatewayApi, crds, configured];
  if (!config) return { categories: before };
  const listing = await world.api.list(PODS);
  const pods = listing.kind === "listed" ? listing.items : [];
  const { category: identity, roots } = await identityChecks(world);
  const inOwnNamespace = await Promise.all([
    existenceChecks(world, config, listing),
    identity,
    webhookChecks(world, roots, pods.find(isPodReady)?.metadata.name),
    haChecks(world, pods, config.profile === "ha"),
    conflictChecks(world),
  ]);
  const ofMesh = await meshChecks(world);
  const ofPods = await podChecks(world, withProxies);
  return { categories: [...before, ...inOwnNamespace, ...ofMesh, ...ofPods] };
}

async function podChecks(
  world: CheckWorld,
  withProxies: boolean,
): Promise<readonly CheckCategory[]> {
  const listing = await listPods(world);
  if (listing.kind === "failed") {
    const { reason } = listing;
    const name = "pods can be listed";
    const hint = "See `kubectl auth whoami`";
    const check = { name, state: "failure", detail: reason, hint } as const;
    return [{ name: "weft-data-plane", checks: [check] }];
  }
  const { pods } = listing;
  const dataPlane = await dataPlaneChecks(world, pods);
  return withProxies ? [dataPlane, await proxyChecks(world, pods)] : [dataPlane];
}

function hasFailed(categories: readonly CheckCategory[]): boolean {
  return categories.some(({ checks }) => checks.some(({ state }) => state === "failure"));
}
