import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAllDocuments } from "yaml";
import type { JsonObject } from "#ir/document.ts";
import { installation, type Parts } from "./installation.ts";
import { manifestText } from "./manifest-text.ts";
import { readValues } from "./read-values.ts";
import { removal } from "./removal.ts";
import { storedConfig } from "./stored-config.ts";

const ALL: Parts = { weftCrds: true, gatewayApiCrds: true, controlPlane: true };
const CLUSTER_SCOPED = [
  ...["ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition"],
  ...["MutatingWebhookConfiguration", "Namespace"],
];

function install(
  choice: { profile?: "default" | "ha"; sets?: readonly string[]; parts?: Partial<Parts> } = {},
): readonly JsonObject[] {
  const { profile = "default", sets = [], parts = {} } = choice;
  const read = readValues({ version: "1.2.3", profile, kept: {}, files: [], sets });
  assert.ok(read.kind === "ok", JSON.stringify(read));
  return installation({ version: "1.2.3", profile, ...read, parts: { ...ALL, ...parts } });
}

function nameOf({ kind, metadata }: JsonObject): string {
  const { namespace, name } = metadata as JsonObject;
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

function only(objects: readonly JsonObject[], kind: string): JsonObject {
  const found = objects.filter((object) => object["kind"] === kind);
  assert.equal(found.length, 1, kind);
  return found[0]!;
}

type Pod = { readonly spec: { readonly containers: readonly Readonly<Record<string, unknown>>[] } };
type DeploymentSpec = { readonly replicas: number; readonly template: Pod };

function controlOf(objects: readonly JsonObject[]) {
  const spec = only(objects, "Deployment")["spec"] as unknown as DeploymentSpec;
  return { ...spec, container: spec.template.spec.containers[0]! };
}

test("what others name comes before them, so that one kubectl apply takes it all", () => {
  const order = install({ sets: ["mesh.trustDomain=shop.example"] }).map(({ kind }) => kind);
  const before = (first: string, second: string) =>
    assert.ok(order.indexOf(first) < order.indexOf(second), `${first} before ${second}`);
  assert.equal(order[0], "Namespace");
  before("CustomResourceDefinition", "MeshConfig");
  for (const kind of ["ServiceAccount", "ClusterRole"]) before(kind, "ClusterRoleBinding");
  for (const kind of ["RoleBinding", "ClusterRoleBinding", "Service", "MeshConfig"]) {
    before(kind, "Deployment");
  }
  before("Deployment", "MutatingWebhookConfiguration");
});

test("no object is there twice, and all but the cluster's own lie in weft-system", () => {
  const objects = install({ profile: "ha" });
  const names = objects.map(nameOf);
  assert.deepEqual(names, [...new Set(names)]);
  for (const object of objects.filter(({ kind }) => !CLUSTER_SCOPED.includes(String(kind)))) {
    assert.equal((object["metadata"] as JsonObject)["namespace"], "weft-system");
  }
});

test("what is asked for is what is printed", () => {
  const kinds = (parts: Partial<Parts>) => new Set(install({ parts }).map(({ kind }) => kind));
  assert.deepEqual([...kinds({ controlPlane: false })], ["CustomResourceDefinition"]);
  const none = { weftCrds: false, gatewayApiCrds: false };
  assert.ok(!kinds(none).has("CustomResourceDefinition"));
  const ours = install({ parts: { gatewayApiCrds: false, controlPlane: false } });
  assert.ok(ours.length > 0 && ours.every((crd) => nameOf(crd).endsWith(".weft.dev")));
});

test("profile ha has three replicas that keep apart, of which one may be away", () => {
  const objects = install({ profile: "ha" });
  assert.equal(controlOf(objects).replicas, 3);
  assert.ok("affinity" in controlOf(objects).template.spec);
  assert.equal((only(objects, "PodDisruptionBudget")["spec"] as JsonObject)["maxUnavailable"], 1);
  assert.equal(controlOf(install()).replicas, 1);
  assert.ok(!install().some(({ kind }) => kind === "PodDisruptionBudget"));
});

test("values reach the control plane and what it puts into pods", () => {
  const sets = ["image.repository=r.example/w,image.tag=t", "proxy.resources.limits.memory=1Gi"];
  const { container } = controlOf(install({ sets }));
  assert.equal(container["image"], "r.example/w:t");
  const environment = new Map(
    (container["env"] as { name: string; value?: string }[]).map(({ name, value }) => [
      name,
      value,
    ]),
  );
  assert.equal(environment.get("WEFT_IMAGE"), "r.example/w:t");
  const proxy = JSON.parse(environment.get("WEFT_PROXY")!) as { resources: { limits: unknown } };
  assert.deepEqual(proxy.resources.limits, { memory: "1Gi" });
});

test("the control plane's pod passes the restricted Pod Security Standard", () => {
  const { container, template } = controlOf(install());
  assert.deepEqual(container["securityContext"], {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  });
  const { securityContext } = template.spec as unknown as { securityContext: JsonObject };
  assert.equal(securityContext["runAsNonRoot"], true);
  assert.deepEqual(securityContext["seccompProfile"], { type: "RuntimeDefault" });
});

test("the installation remembers what was chosen, for an upgrade", () => {
  const sets = ["control.replicas=2"];
  const config = install({ profile: "ha", sets }).find((each) =>
    nameOf(each).endsWith("weft-config"),
  );
  const chosen = { control: { replicas: 2 } };
  const expected = { version: "1.2.3", installedBy: "weft", profile: "ha", chosen };
  assert.deepEqual(storedConfig(config!), expected);
});

test("no webhook concerns the cluster's own pods or the control plane's", () => {
  const { webhooks } = only(install(), "MutatingWebhookConfiguration");
  const entries = webhooks as unknown as {
    readonly namespaceSelector: { readonly matchExpressions: readonly JsonObject[] };
  }[];
  for (const { namespaceSelector } of entries) {
    const [excluded] = namespaceSelector.matchExpressions;
    assert.equal(excluded!["key"], "kubernetes.io/metadata.name");
    assert.equal(excluded!["operator"], "NotIn");
    const names = ["kube-system", "kube-public", "kube-node-lease", "weft-system"];
    assert.deepEqual(excluded!["values"], names);
  }
});

test("a removal names the namespace and everything of an installation outside of it", () => {
  const removed = removal(true).map(nameOf);
  const installed = install({ profile: "ha" }).filter(({ kind }) =>
    CLUSTER_SCOPED.includes(String(kind)),
  );
  for (const object of installed) assert.ok(removed.includes(nameOf(object)), nameOf(object));
  assert.equal(removed.at(-1), "Namespace weft-system");
  // Nothing refuses pods or writes anew while the rest goes.
  assert.match(removed[0]!, /^MutatingWebhookConfiguration/);
  assert.ok(
    !removal(false)
      .map(nameOf)
      .some((name) => name.endsWith("gateway.networking.k8s.io")),
  );
});

test("the text of every object reads as the object", () => {
  for (const object of install({ profile: "ha" })) {
    const [document] = parseAllDocuments(manifestText(object), { version: "1.1" });
    assert.deepEqual(document!.toJS(), object);
  }
});
