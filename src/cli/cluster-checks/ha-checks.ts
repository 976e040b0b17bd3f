// weft-ha-checks: does the control plane survive the loss of a node?

import type { Check, CheckCategory } from "#api/check-result.ts";
import { NAMES } from "#install/names.ts";
import type { ClusterObject } from "#kubernetes/cluster-object.ts";
import { failed, passed, warned } from "./check-of.ts";
import { type CheckWorld, findObject, textIn } from "./check-world.ts";

const REPLICAS_MIN = 3;
const OURS = `namespaces/${NAMES.namespace}`;
const LEASE_PATH = `/apis/coordination.k8s.io/v1/${OURS}/leases/${NAMES.lease}`;
const BUDGET_PATH = `/apis/policy/v1/${OURS}/poddisruptionbudgets/${NAMES.control}`;
const LEASE_LATE_MS = 60_000;

// Of profile ha; the leader is everybody's.
export async function haChecks(
  world: CheckWorld,
  pods: readonly ClusterObject[],
  isWanted: boolean,
): Promise<CheckCategory> {
  const leader = await leaderCheck(world);
  const more = isWanted ? [replicasCheck(pods), nodesCheck(pods), await budgetCheck(world)] : [];
  return { name: "weft-ha-checks", checks: [leader, ...more] };
}

async function leaderCheck(world: CheckWorld): Promise<Check> {
  const name = "one replica leads";
  const hint = "The leader writes roots, status and caBundle: see the control plane's logs";
  const found = await findObject(world, LEASE_PATH);
  if (found.kind === "missing") return failed(name, `there is no Lease ${NAMES.lease}`, hint);
  if (found.kind === "failed") return failed(name, found.reason, "See `kubectl auth whoami`");
  const holder = textIn(found.object, "spec", "holderIdentity");
  const renewedMs = Date.parse(textIn(found.object, "spec", "renewTime"));
  if (holder === "") return failed(name, "nobody holds the Lease", hint);
  if (world.wallMs - renewedMs < LEASE_LATE_MS) return passed(name, holder);
  return failed(name, `${holder} has not renewed the Lease for more than a minute`, hint);
}

function replicasCheck(pods: readonly ClusterObject[]): Check {
  const name = `the control plane has at least ${REPLICAS_MIN} replicas`;
  if (pods.length >= REPLICAS_MIN) return passed(name, `${pods.length}`);
  return warned(name, `found ${pods.length}`, "`weft upgrade --set control.replicas=3`");
}

function nodesCheck(pods: readonly ClusterObject[]): Check {
  const name = "its replicas run on different nodes";
  const nodes = new Set(pods.map((pod) => textIn(pod["spec"], "nodeName")));
  if (nodes.size === pods.length) return passed(name);
  const detail = `${pods.length} replicas on ${nodes.size} nodes`;
  return warned(name, detail, "Add nodes, or see why pods can't be scheduled on them");
}

async function budgetCheck(world: CheckWorld): Promise<Check> {
  const name = "a PodDisruptionBudget keeps replicas running";
  const found = await findObject(world, BUDGET_PATH);
  if (found.kind === "found") return passed(name);
  return warned(name, "there is none", "`weft upgrade --set podDisruptionBudget.enabled=true`");
}
