// What the control plane may read in a cluster is what it reads, and nothing else.

import assert from "node:assert/strict";
import { test } from "node:test";
import { readableKinds } from "#control/discovery/translators.ts";
import { STATUS_PLURALS } from "#control/plane/status-wishes.ts";
import { BUILT_IN, DEFINITIONS } from "#control/sources/cluster-kind.ts";
import { controlAccess, READ, STATUSES } from "#install/control-access.ts";
import { gatewayApiCrds } from "#install/manifests.ts";
import { weftCrds } from "#install/weft-crds.ts";

type Rule = {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
};
type Names = { readonly kind: string; readonly plural: string };

// Pods and nodes have reflectors of their own.
const OTHERS = ["/pods", "/nodes"];

const PLURALS = new Map(
  [...weftCrds().map(({ object }) => object), ...gatewayApiCrds()].map((crd) => {
    const { group, names } = crd["spec"] as unknown as { group: string; names: Names };
    return [`${group}/${names.kind}`, names.plural];
  }),
);

test("the control plane may list and watch exactly the kinds that it reads", () => {
  const read = [
    ...[...BUILT_IN, DEFINITIONS].map(({ group, plural }) => `${group}/${plural}`),
    ...OTHERS,
    ...readableKinds()
      .filter(
        ({ group, kind }) => !BUILT_IN.some((one) => one.group === group && one.kind === kind),
      )
      .map(({ group, kind }) => `${group}/${PLURALS.get(`${group}/${kind}`) ?? regular(kind)}`),
  ];
  const may = READ.flatMap(resourcesOf);
  assert.deepEqual([...may].sort(), [...new Set(read)].sort(), "src/install/control-access.ts");
  assert.ok(READ.every(({ verbs }) => /^(get,)?list,watch$/.test(verbs.join())));
});

test("it may write the status of exactly the kinds whose status it writes, and get them", () => {
  const written = [...STATUS_PLURALS].map(([key, plural]) => `${key.split("/")[0]}/${plural}`);
  const may = STATUSES.flatMap(resourcesOf);
  assert.deepEqual([...may].sort(), written.map((each) => `${each}/status`).sort());
  const got = READ.filter(({ verbs }) => verbs.includes("get")).flatMap(resourcesOf);
  assert.deepEqual([...got].sort(), ["/namespaces", "/pods", ...written].sort());
});

test("what it may change besides is its own, by name", () => {
  for (const { object } of controlAccess()) {
    const rules = (object["rules"] ?? []) as unknown as readonly Rule[];
    for (const { resources, verbs, resourceNames } of rules) {
      assert.ok(![...resources, ...verbs].includes("*"));
      const changes = verbs.filter((verb) => !["get", "list", "watch", "create"].includes(verb));
      const isStatus = resources.every((resource) => resource.endsWith("/status"));
      if (changes.length > 0 && !isStatus) assert.ok(resourceNames, resources.join());
    }
  }
});

test("it may read no Secret but its own two", () => {
  const reads = controlAccess()
    .flatMap(({ object }) => (object["rules"] ?? []) as unknown as readonly Rule[])
    .filter(({ resources, verbs }) => resources.includes("secrets") && verbs.join() !== "create");
  assert.deepEqual(
    reads.map(({ verbs, resourceNames }) => [verbs, resourceNames]),
    [[["get"], ["weft-ca", "weft-admin"]]],
  );
});

function resourcesOf({ apiGroups, resources }: Rule): readonly string[] {
  return apiGroups.flatMap((group) => resources.map((resource) => `${group}/${resource}`));
}

// Of Istio's kinds.
function regular(kind: string): string {
  const lower = kind.toLowerCase();
  return lower.endsWith("y") ? `${lower.slice(0, -1)}ies` : `${lower}s`;
}
