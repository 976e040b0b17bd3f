import assert from "node:assert/strict";
import { test } from "node:test";
import { application, smallMesh } from "./support/small-mesh.ts";

const caller = `
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: caller, namespace: shop }
spec: { command: ["true"], serviceAccount: caller }
---
apiVersion: v1
kind: Service
metadata: { name: legacy, namespace: shop }
spec: { ports: [{ name: http, port: 80 }] }
`;

test("what an EndpointSlice names is reached in plaintext, and told nothing of the mesh", async (t) => {
  const legacy = await application((request, response) => {
    response.setHeader("x-saw", Object.keys(request.headers).join(" "));
    // A stranger's claim about the mesh is not passed on.
    response.setHeader("weft-cause", "overloaded");
    response.end(`${request.method} ${request.url} at ${request.headers.host}`);
  });
  t.after(() => legacy.close());
  const mesh = await smallMesh({ "a.yaml": caller, "b.yaml": slice("http", legacy.port, true) });
  t.after(() => mesh.close());
  const proxy = await mesh.proxy("caller");
  const answer = await fetch(`${proxy.url("legacy:80")}/stock?q=1`, { method: "POST", body: "x" });
  assert.equal(await answer.text(), "POST /stock?q=1 at legacy:80");
  assert.equal(answer.headers.get("weft-cause"), null);
  const saw = answer.headers.get("x-saw")!.split(" ");
  assert.deepEqual(
    saw.filter((name) => name.startsWith("weft-") || name === "x-forwarded-client-cert"),
    [],
  );
  const { address, port } = proxy.settings.metrics;
  const metrics = await (await fetch(`http://${address}:${port}/metrics`)).text();
  const line = metrics.split("\n").find((each) => each.startsWith("istio_requests_total{"))!;
  assert.match(line, /destination_service_name="legacy"/);
  assert.match(line, /connection_security_policy="(none|unknown)"/);
});

test("an address that isn't ready, or has no such port, gets no requests", async (t) => {
  for (const document of [slice("http", 9, false), slice("other", 9, true)]) {
    const mesh = await smallMesh({ "a.yaml": caller, "b.yaml": document });
    t.after(() => mesh.close());
    const plan = mesh.control.snapshot.outbound.get("shop/legacy/80");
    const [backend] = plan!.backends;
    assert.deepEqual(backend?.kind === "endpoints" ? backend.endpoints : undefined, []);
  }
});

test("a slice beside a selector, and one for no service, are told and have no effect", async (t) => {
  const selecting = caller.replace("spec: { ports", "spec: { selector: { app: legacy }, ports");
  const mesh = await smallMesh({ "a.yaml": selecting, "b.yaml": slice("http", 9, true) });
  t.after(() => mesh.close());
  const messages = () => mesh.control.diagnostics.map(({ message }) => message);
  assert.match(messages().join("\n"), /legacy-1 has no effect: .*selects workloads itself/);
  const [backend] = mesh.control.snapshot.outbound.get("shop/legacy/80")!.backends;
  assert.deepEqual(backend?.kind === "endpoints" ? backend.endpoints : undefined, []);
});

function slice(name: string, port: number, ready: boolean): string {
  return JSON.stringify({
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      name: "legacy-1",
      namespace: "shop",
      labels: { "kubernetes.io/service-name": "legacy" },
    },
    addressType: "IPv4",
    ports: [{ name, port }],
    endpoints: [{ addresses: ["127.0.0.1"], conditions: { ready } }],
  });
}
