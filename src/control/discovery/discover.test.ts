import assert from "node:assert/strict";
import { test } from "node:test";
import { diagnosticText } from "#ir/diagnostic-text.ts";
import type { Document, JsonObject } from "#ir/document.ts";
import { plainDocument } from "#ir/plain-document.ts";
import { discover } from "./discover.ts";
import { objectStatuses } from "./object-statuses.ts";

test("objects of all dialects become one model", () => {
  const { model, diagnostics, statuses } = found([
    object("v1", "Service", "reviews", { selector: { app: "r" }, ports: [{ port: 80 }] }),
    plainDocument({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "reviews" } }),
    object("weft.dev/v1alpha1", "Workload", "reviews", { command: ["x"] }),
    object("weft.dev/v1alpha1", "MeshConfig", "mesh", { trustDomain: "shop" }),
    object("weft.dev/v1alpha1", "FaultInjection", "reviews", { service: "reviews", abort: {} }),
    object("networking.istio.io/v1", "DestinationRule", "reviews", { host: "reviews" }),
    object("networking.istio.io/v1alpha3", "VirtualService", "reviews", {
      hosts: ["reviews"],
      http: [{ route: [{ destination: { host: "reviews" } }] }],
    }),
    object("security.istio.io/v1", "PeerAuthentication", "reviews", { mtls: { mode: "STRICT" } }),
  ]);
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(
    Object.values(model).map((value) => (Array.isArray(value) ? value.length : value)),
    [{ trustDomain: "shop", certificateLifeMs: 86_400_000 }, 1, 1, 0, 1, 1, 1, 0, 0, 0, 0, 1, 1, 0],
  );
  assert.ok(statuses.every(({ status }) => status === "ok") && statuses.length === 8);
});

test("of two documents for one object the first counts, and the second has the blame", () => {
  const { model, diagnostics } = found([
    object("v1", "Service", "a", { ports: [{ port: 1 }] }),
    object("v1", "Service", "a", { ports: [{ port: 2 }] }),
  ]);
  assert.deepEqual(
    model.services.map(({ ports }) => ports[0]?.port),
    [1],
  );
  assert.deepEqual(diagnostics.map(diagnosticText), [
    "error WEFT107: Service default/a has no effect: Service default/a came first. " +
      "Remove one of them.",
  ]);
});

test("a kind that isn't read says why, and what would be", () => {
  const { diagnostics, model } = found([
    object("split.smi-spec.io/v1alpha1", "TrafficSplit", "a"),
    object("security.istio.io/v1", "AuthorizationPolicy", "a"),
    object("apps/v1", "Deployment", "a"),
    object("networking.istio.io/v2", "VirtualService", "a"),
    object("networking.istio.io/v1", "VirtualServcie", "a"),
    object("v1", "Workload", "a"),
    object("example.com/v1", "Gateway", "a"),
    object("example.com/v1", "Gizmo", "a"),
  ]);
  assert.deepEqual(model.services, []);
  assert.deepEqual(
    diagnostics.map(({ severity, code, message, remedy }) => [
      `${severity} ${code}`,
      message.slice(message.indexOf(": ") + 2),
      remedy,
    ]),
    [
      [
        "warning WEFT103",
        "TrafficSplit is known and not supported yet: it has no effect",
        undefined,
      ],
      [
        "error WEFT103",
        "AuthorizationPolicy is known and not supported yet: it has no effect",
        "Nobody is refused what it forbids: protect the service in another way.",
      ],
      [
        "warning WEFT103",
        "Deployment is known and not supported yet: it has no effect",
        "Declare the process as a Workload (weft.dev/v1alpha1).",
      ],
      [
        "error WEFT103",
        "VirtualService is read in networking.istio.io/v1, networking.istio.io/v1beta1, " +
          "networking.istio.io/v1alpha3, not in networking.istio.io/v2",
        "Set apiVersion: networking.istio.io/v1.",
      ],
      [
        "error WEFT103",
        'networking.istio.io/v1 has no kind "VirtualServcie" that is known',
        "Did you mean networking.istio.io/VirtualService?",
      ],
      [
        "error WEFT103",
        'v1 has no kind "Workload" that is known',
        "Did you mean apiVersion: weft.dev/v1alpha1?",
      ],
      [
        "error WEFT103",
        'example.com/v1 has no kind "Gateway" that is known',
        'Did you mean the group "networking.istio.io"?',
      ],
      ["error WEFT103", 'example.com/v1 has no kind "Gizmo" that is known', undefined],
    ],
  );
});

test("a dependency on what isn't there is reported, with what is like it", () => {
  const dependencies = [
    { service: "reviws", port: 80 },
    { service: "reviews", port: 81 },
    { service: "reviews", port: 80 },
    { service: "redis", port: 6379 },
    { service: "redis", port: 6379, protocol: "tcp" },
  ];
  const { diagnostics, statuses } = found([
    object("v1", "Service", "reviews", { selector: { a: "b" }, ports: [{ port: 80 }] }),
    object("v1", "Service", "redis", {
      selector: { a: "b" },
      ports: [{ port: 6379, name: "redis" }],
    }),
    object("weft.dev/v1alpha1", "Workload", "web", { command: ["x"], dependencies }),
  ]);
  assert.deepEqual(diagnostics.map(diagnosticText), [
    "error WEFT201: Workload default/web depends on Service default/reviws, which does not exist " +
      "(spec.dependencies). Did you mean default/reviews?",
    "error WEFT202: Workload default/web depends on port 81 of Service default/reviews, which it " +
      "does not have (spec.dependencies). It has 80.",
    "error WEFT208: Workload default/web dials port 6379 of Service default/redis over HTTP; it " +
      'carries plain TCP (spec.dependencies). Write "protocol: tcp" in the dependency.',
  ]);
  assert.deepEqual(
    statuses.map(({ ref, status, diagnostics: own }) => [ref.name, status, own.length]),
    [
      ["reviews", "ok", 0],
      ["redis", "ok", 0],
      ["web", "error", 3],
    ],
  );
});

test("a dependency on a host that isn't exported to its workload is reported", () => {
  const dependencies = [{ service: "api.example.com", port: 80 }];
  const entry = (exportTo: readonly string[]) =>
    object("networking.istio.io/v1", "ServiceEntry", "api", {
      hosts: ["api.example.com"],
      ports: [{ number: 80, name: "http", protocol: "HTTP" }],
      resolution: "DNS",
      exportTo,
    });
  const workload = object("weft.dev/v1alpha1", "Workload", "web", { command: ["x"], dependencies });
  const texts = (exportTo: readonly string[]) =>
    found([entry(exportTo), workload]).diagnostics.map(diagnosticText);
  assert.deepEqual(texts(["default"]), []);
  assert.deepEqual(texts(["shop"]), [
    "error WEFT201: Workload default/web depends on host api.example.com, which is not exported " +
      'to namespace default (spec.dependencies). Add "default" to its exportTo.',
  ]);
});

test("an object whose fields don't fit any more keeps the state that was last accepted", () => {
  const weighted = (weight: number | string) =>
    object("networking.istio.io/v1", "VirtualService", "reviews", {
      hosts: ["reviews"],
      http: [
        {
          route: [
            { destination: { host: "reviews", subset: "v1" }, weight },
            { destination: { host: "reviews", subset: "v2" }, weight: 10 },
          ],
        },
      ],
    });
  const good = found([weighted(90)]);
  const broken = discover({ documents: [weighted("many")], diagnostics: [] }, good);
  assert.deepEqual(broken.model.routes, good.model.routes);
  assert.deepEqual(
    broken.diagnostics.map(({ severity, code }) => `${severity} ${code}`),
    ["error WEFT106", "info WEFT106"],
  );
  assert.equal(objectStatuses([weighted("many")], broken.diagnostics)[0]?.status, "error");
  const stillBroken = discover({ documents: [weighted("few")], diagnostics: [] }, broken);
  assert.deepEqual(stillBroken.model.routes, good.model.routes);
  const gone = discover({ documents: [], diagnostics: [] }, stillBroken);
  assert.deepEqual(gone.model.routes, []);
});

test("the second of two mesh configurations has no effect", () => {
  const { model, diagnostics } = found([
    object("weft.dev/v1alpha1", "MeshConfig", "one", { trustDomain: "one" }),
    object("weft.dev/v1alpha1", "MeshConfig", "two", { trustDomain: "two" }),
  ]);
  assert.equal(model.mesh.trustDomain, "one");
  assert.deepEqual(
    diagnostics.map(({ code, ref }) => [code, ref?.name]),
    [["WEFT107", "two"]],
  );
});

test("what has not changed is the same object again", () => {
  const documents = ["a", "b"].map((name) => object("v1", "Service", name, { ports: [] }));
  const [first = documents[0]!] = documents;
  const before = found(documents);
  const same = discover({ documents: [...documents], diagnostics: [] }, before);
  assert.equal(same.model.services, before.model.services);
  const other = object("v1", "Service", "b", { ports: [{ port: 80 }] });
  const after = discover({ documents: [first, other], diagnostics: [] }, before);
  assert.equal(after.model.services[0], before.model.services[0]);
  assert.equal(after.model.services[1]!.ports.length, 1);
  assert.equal(after.model.routes, before.model.routes);
});

test("what somebody else put into the model is not taken for what documents say", () => {
  const [a, b] = ["a", "b"].map((name) =>
    object("weft.dev/v1alpha1", "Workload", name, { command: ["x"] }),
  ) as [Document, Document];
  const before = found([a]);
  const { model } = before;
  const pods = { ...model, workloads: [...model.workloads, ...found([b]).model.workloads] };
  const after = discover({ documents: [a], diagnostics: [] }, { ...before, model: pods });
  assert.deepEqual(after.model.workloads, model.workloads);
});

function found(documents: readonly Document[]) {
  const discovery = discover({ documents, diagnostics: [] });
  return { ...discovery, statuses: objectStatuses(documents, discovery.diagnostics) };
}

function object(apiVersion: string, kind: string, name: string, spec: JsonObject = {}): Document {
  return plainDocument({ apiVersion, kind, metadata: { name }, spec });
}
