// The names that a Kubernetes Service gives: of its workloads, of somebody else, of itself.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { askOf, outsideApplication, outsideMesh } from "./support/outside-mesh.ts";
import { application } from "./support/small-mesh.ts";

const workload = (name: string): string => `---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: ${name}, namespace: shop, labels: { app: store } }
spec:
  command: ["true"]
  serviceAccount: store
  ports: [{ name: http, port: 9000, protocol: http }]
`;
const stores = `${workload("store-0")}${workload("store-1")}---
apiVersion: v1
kind: Service
metadata: { name: store, namespace: shop }
spec: { clusterIP: None, selector: { app: store }, ports: [{ name: http, port: 80, targetPort: 9000 }] }
`;
const alias = (name: string, host: string, ports = ""): string => `---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { type: ExternalName, externalName: ${host}${ports} }
`;

test("a headless service's workloads are called by their names, and by the service's", async (t) => {
  const mesh = await outsideMesh(
    t,
    stores +
      alias("old-store", "older-store.shop.svc.cluster.local") +
      alias("older-store", "store.shop.svc.cluster.local"),
  );
  assert.deepEqual(mesh.control.diagnostics, []);
  for (const name of ["store-0", "store-1"]) {
    const app = await application((_, response) => response.end(name));
    t.after(() => app.close());
    await mesh.proxy(name, { application: { declared: 9000, port: app.port } });
  }
  const caller = await mesh.proxy("caller-shop");
  for (const name of ["store-0", "store-1"]) {
    for (const suffix of ["", ".shop", ".shop.svc", ".shop.svc.cluster.local"]) {
      const answers = await Promise.all(
        [1, 2, 3].map(() => askOf(caller, `${name}.store${suffix}:80`)),
      );
      assert.deepEqual(answers, [name, name, name], suffix);
    }
  }
  for (const host of ["store", "old-store"]) {
    assert.match(await askOf(caller, `${host}:80`), /^store-[01]$/, host);
  }
  const [backend] = mesh.control.snapshot.outbound.get("shop/store/80")!.backends;
  assert.equal(backend?.kind === "endpoints" && backend.endpoints.length, 2);
  assert.equal(await askOf(caller, "store-2.store.shop.svc:80"), "503 no-endpoint");
});

test("an ExternalName of no service of the mesh leads to where DNS says", async (t) => {
  const outside = await outsideApplication(t, "outside");
  const asked: string[] = [];
  const ports = `, ports: [{ name: http, port: 80, targetPort: ${outside.port} }]`;
  const mesh = await outsideMesh(
    t,
    stores +
      alias("partner", "api.example.com", ports) +
      alias("own", "store.shop.svc.cluster.local"),
    async (host) => {
      asked.push(host);
      return ["127.0.0.1"];
    },
  );
  const caller = await mesh.proxy("caller-shop");
  while (asked.length === 0) await sleep(10);
  assert.equal(await askOf(caller, "partner:80"), "outside");
  assert.deepEqual([...new Set(asked)], ["api.example.com"]);
});

test("where none is ready those that end serve, and some services ask even others", async (t) => {
  const outside = await outsideApplication(t, "slice");
  const slice = (conditions: string, service: string): string => `---
apiVersion: v1
kind: Service
metadata: { name: legacy, namespace: shop }
spec: { ports: [{ name: http, port: 80 }]${service} }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: legacy-1, namespace: shop, labels: { kubernetes.io/service-name: legacy } }
addressType: IPv4
ports: [{ name: http, port: ${outside.port}, appProtocol: http }]
endpoints:
  - { addresses: [127.0.0.1], conditions: ${conditions} }
`;
  const ending = "{ ready: false, serving: true, terminating: true }";
  const broken = "{ ready: false, serving: false }";
  for (const [conditions, service, answer] of [
    [ending, "", "slice"],
    [broken, "", "503 no-endpoint"],
    [broken, ", publishNotReadyAddresses: true", "slice"],
    [`${ending} }\n  - { addresses: [127.0.0.2]`, "", "503 upstream-refused"],
  ] as const) {
    const mesh = await outsideMesh(t, slice(conditions, service));
    const caller = await mesh.proxy("caller-shop");
    assert.equal(await askOf(caller, "legacy:80"), answer, conditions);
  }
});
