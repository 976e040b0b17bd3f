// pre-kubernetes-setup: may I create what an installation consists of?

import type { Check, CheckCategory } from "#api/check-result.ts";
import { installation } from "#install/installation.ts";
import { readValues } from "#install/read-values.ts";
import type { JsonObject } from "#ir/document.ts";
import { failed, passed, warned } from "./check-of.ts";
import { type CheckWorld, fieldIn, findObject, textIn } from "./check-world.ts";

type Access = {
  readonly group: string;
  readonly resource: string;
  readonly namespace: string; // "" for the cluster's own
};

export async function setupChecks(world: CheckWorld): Promise<CheckCategory> {
  const namespace = await namespaceCheck(world);
  const checks = await Promise.all(neededAccess(world.version).map((each) => mayMake(world, each)));
  return { name: "pre-kubernetes-setup", checks: [namespace, ...checks] };
}

async function namespaceCheck(world: CheckWorld): Promise<Check> {
  const name = "namespace weft-system is free, or Weft's";
  const found = await findObject(world, "/api/v1/namespaces/weft-system");
  if (found.kind === "missing") return passed(name, "it doesn't exist yet");
  if (found.kind === "failed") return failed(name, found.reason, "See `kubectl auth whoami`");
  if (textIn(found.object, "metadata", "labels", "app.kubernetes.io/part-of") === "weft") {
    return warned(name, "Weft is installed already", "Use `weft upgrade`, and `weft check`");
  }
  return warned(name, "somebody else made it", "See `kubectl get all -n weft-system`");
}

// Each kind once, with the most that a profile may bring.
function neededAccess(version: string): readonly Access[] {
  const profile = "ha";
  const read = readValues({ version, profile, kept: {}, files: [], sets: [] });
  if (read.kind === "invalid") return [];
  const parts = { weftCrds: true, gatewayApiCrds: true, controlPlane: true };
  const objects = installation({ version, profile, ...read, parts });
  const needed = new Map(objects.map(accessTo).map((each) => [JSON.stringify(each), each]));
  return [...needed.values()];
}

// The kinds of an installation have regular plurals.
function accessTo(object: JsonObject): Access {
  const { apiVersion, kind } = object;
  const [group = ""] = String(apiVersion).includes("/") ? String(apiVersion).split("/") : [""];
  const resource = `${String(kind).toLowerCase()}s`;
  return { group, resource, namespace: textIn(object, "metadata", "namespace") };
}

async function mayMake({ api }: CheckWorld, access: Access): Promise<Check> {
  const { group, resource, namespace } = access;
  const where = namespace === "" ? "" : ` in ${namespace}`;
  const name = `I may create and change ${resource}${where}`;
  const refusals: string[] = [];
  for (const verb of ["create", "patch"]) {
    const resourceAttributes = { group, resource, verb, ...(namespace !== "" && { namespace }) };
    const { status, body, reason } = await api.request("POST", REVIEWS, {
      ...{ apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview" },
      spec: { resourceAttributes },
    });
    if (status !== 201) return failed(name, reason, "See `kubectl auth whoami`");
    if (fieldIn(body, "status", "allowed") !== true) refusals.push(verb);
  }
  if (refusals.length === 0) return passed(name);
  const hint = "Ask an administrator of the cluster: Weft is installed with role cluster-admin";
  return failed(name, `may not: ${refusals.join(", ")}`, hint);
}

const REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
