import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import { readPod } from "#control/sources/read-pod.ts";
import { trimObject } from "#control/sources/trim-object.ts";
import type { Document } from "#ir/document.ts";
import type { PodFacts } from "#ir/pod.ts";
import { readDocument } from "#ir/read-document.ts";
import { unmeshedWorkloads } from "./unmeshed-workloads.ts";

const NAMESPACE = { group: "", version: "v1", kind: "Namespace", plural: "namespaces" };
const ASKING = namespace("shop", { "weft.dev/inject": "enabled" });

test("a pod that is older than its namespace's word is told with the restart that mends it", () => {
  const [found, ...others] = unmeshed([ASKING], [pod("web-7d4-a"), pod("web-7d4-b")]);
  assert.deepEqual(found, {
    ...{ namespace: "shop", name: "web", kind: "Deployment", reason: "started-before" },
    remedy: "kubectl rollout restart deployment/web -n shop",
  });
  assert.deepEqual(others, []);
});

test("what can't be restarted by a command says so in words", () => {
  const job = { ownerReferences: [{ kind: "Job", name: "nightly", controller: true }] };
  const set = { ownerReferences: [{ kind: "StatefulSet", name: "db", controller: true }] };
  const alone = { ownerReferences: [] };
  const pods = [pod("nightly-x", job), pod("db-0", set), pod("alone", alone)];
  assert.deepEqual(
    unmeshed([ASKING], pods).map(({ remedy }) => remedy),
    [
      "Make the pod shop/alone anew",
      "kubectl rollout restart statefulset/db -n shop",
      "Make the pods of Job shop/nightly anew",
    ],
  );
});

test("a namespace that doesn't ask is told with the label that does", () => {
  for (const labels of [{}, { "weft.dev/inject": "disabled" }]) {
    const [found] = unmeshed([namespace("shop", labels)], [pod("web-7d4-a")]);
    assert.equal(found?.reason, "namespace-not-enabled");
    assert.equal(
      found.remedy,
      "kubectl label namespace shop weft.dev/inject=enabled --overwrite && " +
        "kubectl rollout restart deployment/web -n shop",
    );
  }
});

test("a namespace that asks by an annotation, which nobody hears, is told with the label", () => {
  const marked = namespace("shop", {}, { "linkerd.io/inject": "enabled" });
  const [found] = unmeshed([marked], [pod("web-7d4-a")]);
  assert.equal(found?.reason, "namespace-not-enabled");
});

test("a pod says no by a label or by an annotation, and asks where its namespace doesn't", () => {
  const no = { annotations: { "sidecar.istio.io/inject": "false", more: "1" } };
  const pods = [
    pod("web-7d4-a", no),
    pod("api-7d4-a", { labels: { "pod-template-hash": "7d4", "weft.dev/inject": "disabled" } }),
  ];
  assert.deepEqual(
    unmeshed([ASKING], pods).map(({ name, reason, remedy }) => [name, reason, remedy]),
    [
      ["api", "opted-out", "Take the label weft.dev/inject away"],
      ["web", "opted-out", "Take the annotation sidecar.istio.io/inject away"],
    ],
  );
  // Nothing else of annotations is kept.
  assert.deepEqual([...(pods[0]?.askingAnnotations ?? [])], [["sidecar.istio.io/inject", "false"]]);
  const asks = pod("web-7d4-a", { annotations: { "linkerd.io/inject": "enabled" } });
  assert.equal(unmeshed([namespace("shop", {})], [asks])[0]?.reason, "started-before");
});

test("who can't have a proxy isn't told to restart", () => {
  const host = pod("node-7d4-a", {}, { hostNetwork: true });
  const other = pod("old-7d4-a", {}, { containers: [{ name: "istio-proxy" }] });
  const found = unmeshed([ASKING], [host, other]);
  assert.deepEqual(
    found.map(({ name, reason }) => [name, reason]),
    [
      ["node", "host-network"],
      ["old", "not-possible"],
    ],
  );
  assert.match(found[1]?.remedy ?? "", /it has the proxy of Istio/);
});

test("pods with a proxy, and those of the cluster's own namespaces, are not told", () => {
  const labels = { "pod-template-hash": "7d4", "weft.dev/proxy": "1" };
  const meshed = pod("web-7d4-a", { labels }, { containers: [{ name: "weft-proxy" }] });
  const own = ["kube-system", "kube-public", "kube-node-lease", "weft-system"];
  const pods = own.map((name) => pod("dns-7d4-a", { namespace: name }));
  assert.deepEqual(unmeshed([ASKING], [meshed, ...pods]), []);
});

test("what should have a proxy comes first, whatever the bound leaves out", () => {
  const many = Array.from({ length: LIMITS.unmeshedToldMax + 1 }, (_, i) =>
    pod(`a${i}`, { namespace: "aside", ownerReferences: [] }),
  );
  const found = unmeshed([ASKING], [...many, pod("web-7d4-a")]);
  assert.equal(found.length, LIMITS.unmeshedToldMax);
  assert.equal(found[0]?.reason, "started-before");
});

function unmeshed(documents: readonly Document[], pods: readonly PodFacts[]) {
  return unmeshedWorkloads({
    ...{ documents, diagnostics: [], fileCount: 0, texts: new Map(), nodes: new Map() },
    pods: new Map(pods.map((each) => [`${each.namespace}/${each.name}`, each])),
  });
}

// As the sources keep it.
function namespace(
  name: string,
  labels: Record<string, string>,
  annotations: Record<string, string> = {},
): Document {
  const trimmed = trimObject(NAMESPACE, { metadata: { name, labels, annotations } });
  const { document } = readDocument(trimmed!, { position: () => undefined, namespace: "default" });
  return document!;
}

// Of a Deployment, unless `meta` says else.
function pod(name: string, meta: object = {}, spec: object = {}): PodFacts {
  const owner = { kind: "ReplicaSet", name: name.replace(/-a$|-b$/, ""), controller: true };
  const labels = { "pod-template-hash": "7d4" };
  const metadata = { name, namespace: "shop", labels, ownerReferences: [owner], ...meta };
  return readPod({ metadata, spec: { containers: [{ name: "app" }], ...spec } } as never)!;
}
