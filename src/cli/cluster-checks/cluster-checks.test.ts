import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Check, CheckResult } from "#api/check-result.ts";
import { installation } from "#install/installation.ts";
import { readValues } from "#install/read-values.ts";
import type { JsonObject } from "#ir/document.ts";
import { ApiServerFixture } from "#kubernetes/api-server-fixture.ts";
import { textIn } from "./check-world.ts";
import { clusterChecks, preChecks } from "./cluster-checks.ts";

const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const WEFT_PODS = "/api/v1/namespaces/weft-system/pods";
const SHOP_PODS = "/api/v1/pods";

type Verdicts = { readonly version?: string; readonly forbidden?: string };

async function start(t: TestContext, { version = "v1.35.4", forbidden }: Verdicts = {}) {
  const server = await new ApiServerFixture().listen();
  server.intercept = ({ method, url, body }, answer) => {
    const tell = (status: number, object: object) => {
      answer.writeHead(status, { "content-type": "application/json" });
      answer.end(JSON.stringify(object));
      return true;
    };
    if (url === "/version") return tell(200, { gitVersion: version });
    if (method === "POST" && url.endsWith("/selfsubjectaccessreviews")) {
      const asked = JSON.parse(body) as { spec: { resourceAttributes: { resource: string } } };
      const allowed = asked.spec.resourceAttributes.resource !== forbidden;
      return tell(201, { status: { allowed } });
    }
    return false;
  };
  const api = server.client();
  t.after(async () => {
    api.close();
    await server.close();
  });
  const world = { api, version: "0.1.0", wallMs: Date.parse("2026-01-01T00:00:00Z") };
  return { server, world };
}

function install(server: ApiServerFixture): void {
  const profile = "default";
  const read = readValues({ version: "0.1.0", profile, kept: {}, files: [], sets: [] });
  assert.ok(read.kind === "ok");
  const parts = { weftCrds: true, gatewayApiCrds: true, controlPlane: true };
  for (const object of installation({ version: "0.1.0", profile, ...read, parts })) {
    const established = { conditions: [{ type: "Established", status: "True" }] };
    server.put(listOf(object), { ...object, status: established });
  }
}

function listOf(object: JsonObject): string {
  const apiVersion = String(object["apiVersion"]);
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const namespace = textIn(object, "metadata", "namespace");
  const inside = namespace === "" ? "" : `/namespaces/${namespace}`;
  return `${root}${inside}/${String(object["kind"]).toLowerCase()}s`;
}

function checkIn({ categories }: CheckResult, category: string, part: string): Check {
  const found = categories.find(({ name }) => name === category);
  const check = found?.checks.find(({ name }) => name.includes(part));
  assert.ok(check, `${category}: ${part} among ${JSON.stringify(categories)}`);
  return check;
}

function failuresIn({ categories }: CheckResult): readonly string[] {
  return categories.flatMap(({ name, checks }) =>
    checks.filter(({ state }) => state === "failure").map((check) => `${name}: ${check.name}`),
  );
}

test("before an installation, a cluster that takes it passes", async (t) => {
  const { world } = await start(t);
  const result = await preChecks(world);
  assert.deepEqual(failuresIn(result), []);
  const states = result.categories.flatMap(({ checks }) => checks.map(({ state }) => state));
  assert.ok(states.every((state) => state === "pass"));
});

test("a kind that I may not create is told, each by itself", async (t) => {
  const { world } = await start(t, { forbidden: "clusterroles" });
  assert.deepEqual(failuresIn(await preChecks(world)), [
    "pre-kubernetes-setup: I may create and change clusterroles",
  ]);
});

test("an old Kubernetes, or none, is where the checks end", async (t) => {
  const old = await start(t, { version: "v1.27.3" });
  const result = await preChecks(old.world);
  assert.equal(checkIn(result, "kubernetes-version", "at least").detail, "found v1.27.3");
  assert.equal(result.categories.length, 2);
  await old.server.close();
  const gone = await clusterChecks(old.world, false);
  assert.deepEqual(failuresIn(gone), ["kubernetes-api: the API server answers"]);
});

test("a newer Gateway API is not to be overwritten, and other meshes are told", async (t) => {
  const { server, world } = await start(t);
  const name = "httproutes.gateway.networking.k8s.io";
  const annotations = {
    "gateway.networking.k8s.io/bundle-version": "v1.7.0",
    "gateway.networking.k8s.io/channel": "standard",
  };
  server.put(CRDS, { metadata: { name, annotations } });
  const webhooks = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";
  server.put(webhooks, { metadata: { name: "istio-sidecar-injector" } });
  const result = await preChecks(world);
  const check = checkIn(result, "gateway-api-crd", "can be installed");
  assert.equal(check.state, "failure");
  assert.match(check.detail, /v1\.7\.0 standard/);
  assert.match(check.hint ?? "", /--skip-gateway-api-crds/);
  assert.equal(checkIn(result, "other-meshes", "no other mesh").detail, "found Istio");
});

test("what was installed is found, whole and unchanged", async (t) => {
  const { server, world } = await start(t);
  install(server);
  const result = await clusterChecks(world, false);
  for (const name of ["weft-crd", "weft-config", "gateway-api-crd"]) {
    const checks = result.categories.find((each) => each.name === name)?.checks ?? [];
    assert.ok(checks.length > 0 && checks.every(({ state }) => state === "pass"), name);
  }
  const existence = result.categories.find(({ name }) => name === "weft-existence")?.checks ?? [];
  const notPassed = existence.filter(({ state }) => state !== "pass").map(({ name }) => name);
  assert.deepEqual(notPassed, ["the control plane's pods are ready"]);
});

test("what is missing, or was changed, is told", async (t) => {
  const { server, world } = await start(t);
  install(server);
  server.remove("/api/v1/namespaces/weft-system/services/weft-control");
  const roles = "/apis/rbac.authorization.k8s.io/v1/clusterroles";
  server.put(roles, { metadata: { name: "weft-control" }, rules: [] });
  server.remove(`${CRDS}/workloads.weft.dev`);
  const result = await clusterChecks(world, false);
  assert.equal(checkIn(result, "weft-existence", "Service weft-control").state, "failure");
  assert.equal(checkIn(result, "weft-existence", "ClusterRole weft-control").state, "warning");
  assert.equal(checkIn(result, "weft-crd", "Workload").state, "failure");
});

test("without an installation, nothing is looked at that it would have made", async (t) => {
  const { world } = await start(t);
  const result = await clusterChecks(world, false);
  assert.equal(checkIn(result, "weft-config", "says what was installed").state, "failure");
  assert.ok(!result.categories.some(({ name }) => name === "weft-existence"));
});

test("pods that asked for a proxy and have none are told, unless they declined", async (t) => {
  const { server, world } = await start(t);
  install(server);
  server.put("/api/v1/namespaces", {
    metadata: { name: "shop", labels: { "weft.dev/inject": "enabled" } },
  });
  const pod = (name: string, labels = {}, initContainers: object[] = []) =>
    server.put(SHOP_PODS, {
      metadata: { name, namespace: "shop", labels },
      spec: { initContainers, containers: [{ name: "main" }] },
      status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
    });
  pod("old");
  pod("declined", { "weft.dev/inject": "disabled" });
  server.put("/api/v1/namespaces", {
    metadata: { name: "linked", annotations: { "linkerd.io/inject": "enabled" } },
  });
  server.put(SHOP_PODS, {
    metadata: { name: "agent", namespace: "shop" },
    spec: { hostNetwork: true, containers: [{ name: "main" }] },
    status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
  });
  pod("meshed", { "weft.dev/proxy": "0.0.9" }, [{ name: "weft-proxy" }]);
  pod("pretending", { "weft.dev/proxy": "0.1.0" });
  const result = await clusterChecks(world, false);
  const asked = checkIn(result, "weft-data-plane", "asks for a proxy");
  assert.equal(asked.detail, "without: shop/old, shop/pretending", "agent can't have one");
  const annotated = checkIn(result, "weft-data-plane", "by a label");
  assert.deepEqual([annotated.state, annotated.detail], ["warning", "by an annotation: linked"]);
  const versions = checkIn(result, "weft-data-plane", "of this version");
  assert.deepEqual([versions.state, versions.detail], ["warning", "others: shop/meshed"]);
  assert.equal(checkIn(result, "weft-data-plane", "is ready").detail, "1 pods");
});

test("a pod of the control plane that can't start is told with its reason", async (t) => {
  const { server, world } = await start(t);
  install(server);
  const waiting = { state: { waiting: { reason: "ImagePullBackOff" } } };
  const labels = { "app.kubernetes.io/component": "control" };
  const status = { phase: "Pending", containerStatuses: [waiting] };
  server.put(WEFT_PODS, { metadata: { name: "weft-control-1", labels }, status });
  const check = checkIn(await clusterChecks(world, false), "weft-existence", "pods are ready");
  assert.equal(check.detail, "not ready: weft-control-1 (ImagePullBackOff)");
});
