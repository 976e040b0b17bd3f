// weft-crd: are the definitions of our own kinds there, and as this version has them?

import { isDeepStrictEqual } from "node:util";
import type { Check, CheckCategory } from "#api/check-result.ts";
import { fillManifests } from "#install/fill-template.ts";
import { weftCrds } from "#install/weft-crds.ts";
import type { JsonObject } from "#ir/document.ts";
import { failed, passed, warned } from "./check-of.ts";
import { type CheckWorld, fieldIn, findObject, listIn, textIn } from "./check-world.ts";

const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const APPLY = "Apply `weft upgrade --crds`";

export async function crdChecks(world: CheckWorld): Promise<CheckCategory> {
  const wanted = fillManifests(weftCrds(), {});
  const checks = await Promise.all(wanted.map((each) => crdCheck(world, each)));
  return { name: "weft-crd", checks };
}

async function crdCheck(world: CheckWorld, wanted: JsonObject): Promise<Check> {
  const called = textIn(wanted, "metadata", "name");
  const name = `the definition of ${textIn(wanted, "spec", "names", "kind")} is installed`;
  const found = await findObject(world, `${DEFINITIONS}/${called}`);
  if (found.kind === "missing") return failed(name, `there is no ${called}`, APPLY);
  if (found.kind === "failed") return failed(name, found.reason, "See `kubectl get crds`");
  const isEstablished = listIn(found.object, "status", "conditions").some(
    (each) => textIn(each, "type") === "Established" && textIn(each, "status") === "True",
  );
  if (!isEstablished) {
    return failed(name, "it isn't established", `See \`kubectl describe crd ${called}\``);
  }
  const schema = ["spec", "versions", 0, "schema"] as const;
  const isCurrent = isDeepStrictEqual(fieldIn(found.object, ...schema), fieldIn(wanted, ...schema));
  return isCurrent ? passed(name) : warned(name, "it is of another version of Weft", APPLY);
}
