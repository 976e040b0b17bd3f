// weft-existence: is everything there that was installed, and does the control plane run?

import { isDeepStrictEqual } from "node:util";
import type { Check, CheckCategory } from "#api/check-result.ts";
import { isPodReady } from "#cli/pod-state.ts";
import { installation } from "#install/installation.ts";
import { NAMES } from "#install/names.ts";
import { readValues } from "#install/read-values.ts";
import type { StoredConfig } from "#install/stored-config.ts";
import type { JsonObject } from "#ir/document.ts";
import type { Listing } from "#kubernetes/cluster-api.ts";
import type { ClusterObject } from "#kubernetes/cluster-object.ts";
import { failed, namedText, passed, warned } from "./check-of.ts";
import { type CheckWorld, fieldIn, findObject, listIn, textIn } from "./check-world.ts";

const APPLY = "Apply `weft upgrade` again";
const NOT_CHECKED = ["CustomResourceDefinition", "MutatingWebhookConfiguration", "ConfigMap"];

export async function existenceChecks(
  world: CheckWorld,
  config: StoredConfig,
  pods: Listing, // the control plane's
): Promise<CheckCategory> {
  const objects = objectsOf(world, config).filter(
    ({ kind }) => !NOT_CHECKED.includes(String(kind)),
  );
  const checks = await Promise.all(objects.map((each) => objectCheck(world, each)));
  return { name: "weft-existence", checks: [...checks, podsCheck(pods)] };
}

function objectsOf(world: CheckWorld, config: StoredConfig): readonly JsonObject[] {
  const { version } = world;
  const { profile, chosen } = config;
  const read = readValues({ version, profile, kept: chosen, files: [], sets: [] });
  if (read.kind === "invalid") return [];
  const parts = { weftCrds: false, gatewayApiCrds: false, controlPlane: true };
  return installation({ version, profile, ...read, parts });
}

async function objectCheck(world: CheckWorld, wanted: JsonObject): Promise<Check> {
  const kind = String(wanted["kind"]);
  const called = textIn(wanted, "metadata", "name");
  const name = `${kind} ${called} is there`;
  const found = await findObject(world, pathOf(wanted));
  if (found.kind === "missing") return failed(name, "it is missing", APPLY);
  if (found.kind === "failed") return failed(name, found.reason, "See `kubectl auth whoami`");
  const rules = wanted["rules"];
  if (rules === undefined || isDeepStrictEqual(fieldIn(found.object, "rules"), rules)) {
    return passed(name);
  }
  return warned(name, "its rules are other ones than this version has", APPLY);
}

function pathOf(object: JsonObject): string {
  const apiVersion = String(object["apiVersion"]);
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const namespace = textIn(object, "metadata", "namespace");
  const inside = namespace === "" ? "" : `/namespaces/${namespace}`;
  const resource = `${String(object["kind"]).toLowerCase()}s`;
  return `${root}${inside}/${resource}/${textIn(object, "metadata", "name")}`;
}

function podsCheck(listing: Listing): Check {
  const name = "the control plane's pods are ready";
  const see = `See \`kubectl describe pods -n ${NAMES.namespace}\``;
  if (listing.kind === "failed") return failed(name, listing.reason, see);
  const pods = listing.items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const unready = pods.filter((pod) => !isPodReady(pod));
  if (pods.length === 0) return failed(name, "there are none", see);
  if (unready.length === 0) return passed(name, `${pods.length} of ${pods.length}`);
  return failed(name, `not ready: ${namedText(unready.map(stateOf))}`, see);
}

// "weft-control-5d9 (CrashLoopBackOff)".
function stateOf(pod: ClusterObject): string {
  const waiting = listIn(pod["status"], "containerStatuses")
    .map((status) => textIn(status, "state", "waiting", "reason"))
    .find((reason) => reason !== "");
  return `${pod.metadata.name} (${waiting ?? textIn(pod["status"], "phase")})`;
}
