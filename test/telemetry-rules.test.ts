// Telemetry of Istio, from documents to what a workload's proxy is told.

import assert from "node:assert/strict";
import { test } from "node:test";
import { compile } from "#compile/compile.ts";
import { discover } from "#control/discovery/discover.ts";
import { parseDocuments } from "#control/sources/parse-documents.ts";
import type { InboundPlan } from "#snapshot/plan.ts";

const MESH = `
apiVersion: v1
kind: Service
metadata: { name: cart, namespace: shop }
spec: { selector: { app: cart }, ports: [{ name: http, port: 80 }] }
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: cart, namespace: shop, labels: { app: cart } }
spec:
  command: [cart]
  environment: { REGION: here }
  ports: [{ name: http, port: 80, protocol: http }]
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: web, namespace: shop, labels: { app: web } }
spec: { command: [web] }
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: books, namespace: library, labels: { app: cart } }
spec: { command: [books] }
---
`;
const OF_CART = "selector: { matchLabels: { app: cart } }";
const TRACED = meshConfig(
  "tracing: { endpoint: http://a:4318, paths: [{ prefix: /x, percent: 9 }] }",
);

test("who is selected has its rule before its namespace's, that before the mesh's", () => {
  const documents =
    MESH +
    TRACED +
    telemetry("mesh", "istio-system", "tracing: [{ randomSamplingPercentage: 10 }]") +
    telemetry("space", "shop", "tracing: [{ randomSamplingPercentage: 20 }]") +
    telemetry("cart", "shop", `${OF_CART}, tracing: [{ randomSamplingPercentage: 30 }]`) +
    telemetry("later", "shop", `${OF_CART}, tracing: [{ randomSamplingPercentage: 40 }]`);
  const { plans, codes } = planned(documents);
  const percents = [plans.cart, plans.web, plans.books].map(({ tracing }) => tracing?.percent);
  assert.deepEqual(percents, [30, 20, 10]);
  assert.deepEqual(plans.cart.tracing, { percent: 30, paths: [] }, "whatever the path");
  assert.deepEqual(codes, ["WEFT230 Telemetry shop/later"]);
});

test("each says more than the one before, field by field, for the side that it names", () => {
  const tags = "customTags: { a: { literal: { value: b } }, r: { environment: { name: REGION } } }";
  const documents =
    MESH +
    TRACED +
    telemetry("mesh", "istio-system", `tracing: [{ match: { mode: SERVER }, ${tags} }]`) +
    telemetry(
      "cart",
      "shop",
      `${OF_CART}, tracing: [{ match: { mode: SERVER }, disableSpanReporting: true }]`,
    );
  const { tracing } = planned(documents).plans.cart;
  const mesh = { percent: 1, paths: [{ prefix: "/x", percent: 9 }] };
  const told = [
    { name: "a", value: "b" },
    { name: "r", value: "here" },
  ];
  assert.deepEqual(tracing, { ...mesh, served: { ...mesh, isSilent: true, tags: told } });
});

test("a variable that the application hasn't has its default value, or no tag", () => {
  const environment = (more: string) =>
    `tracing: [{ customTags: { a: { environment: { name: NONE${more} } } } }]`;
  const tagsWith = (more: string) =>
    planned(MESH + TRACED + telemetry("cart", "shop", environment(more))).plans.cart.tracing!.tags;
  assert.equal(tagsWith(""), undefined);
  assert.deepEqual(tagsWith(", defaultValue: there"), [{ name: "a", value: "there" }]);
});

test("a service as the target means the workloads behind it", () => {
  const target = "targetRefs: [{ kind: Service, name: cart }]";
  const on = telemetry("cart", "shop", `${target}, accessLogging: [{}]`);
  const { plans } = planned(MESH + on);
  assert.ok(plans.cart.accessLog);
  assert.equal(plans.web.accessLog, undefined);
  assert.equal(plans.books.accessLog, undefined);
});

test("an entry of the access log stands in for the mesh's filter, on its side", () => {
  const logged = meshConfig(
    "accessLog: { format: text, fields: [path], filter: { failures: true } }",
  );
  const failures = { failures: true };
  const filtersOf = (spec: string, mesh = logged) => {
    const documents = MESH + mesh + telemetry("cart", "shop", `${OF_CART}, ${spec}`);
    const { accessLog } = planned(documents).plans.cart;
    return accessLog && [accessLog.filter, ...(accessLog.further ?? [])];
  };
  assert.deepEqual(filtersOf("tracing: []"), [failures]);
  assert.equal(filtersOf("accessLogging: [{ disabled: true }]"), undefined);
  assert.deepEqual(filtersOf("accessLogging: [{ match: { mode: SERVER }, disabled: true }]"), [
    { ...failures, reporter: "source" },
  ]);
  const slow = 'filter: { expression: "response.code == 404" }';
  assert.deepEqual(filtersOf(`accessLogging: [{ match: { mode: CLIENT }, ${slow} }]`), [
    { reporter: "source", test: { kind: "number", of: "response_code", is: "==", than: 404 } },
    { ...failures, reporter: "destination" },
  ]);
  const source = meshConfig("accessLog: { filter: { reporter: source } }");
  assert.deepEqual(
    filtersOf("accessLogging: [{ match: { mode: CLIENT }, disabled: true }]", source),
    undefined,
  );
  assert.deepEqual(filtersOf("accessLogging: [{ match: { mode: SERVER } }]", ""), [
    { reporter: "destination" },
  ]);
});

test("what a line says stays the mesh's, or the default", () => {
  const on = telemetry("cart", "shop", `${OF_CART}, accessLogging: [{}]`);
  const logged = meshConfig("accessLog: { format: text, fields: [path] }");
  const { format, fields } = planned(MESH + logged + on).plans.cart.accessLog!;
  assert.deepEqual([format, fields], ["text", ["path"]]);
  const alone = planned(MESH + on).plans.cart.accessLog!;
  assert.equal(alone.format, "json");
  assert.ok(alone.fields.includes("response_code") && !alone.fields.includes("query"));
});

test("of metrics the last word on each counts, the widest rule's first", () => {
  const all = "metrics: [{ overrides: [{ match: { metric: ALL_METRICS }, disabled: true }] }]";
  const some =
    "metrics: [{ overrides: [{ match: { mode: SERVER }, disabled: false }, " +
    "{ match: { metric: REQUEST_SIZE, mode: SERVER }, disabled: true }, " +
    "{ match: { metric: REQUEST_COUNT, mode: CLIENT }, disabled: false }] }]";
  const documents =
    MESH +
    telemetry("mesh", "istio-system", all) +
    telemetry("cart", "shop", `${OF_CART}, ${some}`);
  const { plans } = planned(documents);
  const off = plans.cart.metricsOff!;
  assert.deepEqual(off.destination, ["request_bytes"]);
  assert.ok(!off.source.includes("requests") && off.source.includes("tcp_opened"));
  assert.equal(plans.web.metricsOff!.source.length, 8);
  assert.equal(planned(MESH).plans.cart.metricsOff, undefined);
});

const IDLE: Readonly<Record<string, string>> = {
  "a second one of the namespace": telemetry("a", "shop", "{}") + telemetry("b", "shop", "{}"),
  "a second one of the mesh":
    telemetry("a", "istio-system", "{}") + telemetry("b", "weft-system", "{}"),
  "one that selects nobody": telemetry("a", "shop", "selector: { matchLabels: { app: nobody } }"),
  "one of the root that selects others": telemetry("a", "istio-system", OF_CART),
  "traces that go nowhere": telemetry("a", "shop", "tracing: [{ randomSamplingPercentage: 1 }]"),
};

for (const [what, documents] of Object.entries(IDLE)) {
  test(`without effect is ${what}`, () => {
    const codes = planned(MESH + documents).codes.map((code) => code.split(" ")[0]);
    assert.deepEqual(codes, ["WEFT230"]);
  });
}

test("a service that isn't there is missed", () => {
  const target = telemetry("a", "shop", "targetRef: { kind: Service, name: nobody }");
  assert.deepEqual(planned(MESH + target).codes, ["WEFT201 Telemetry shop/a"]);
});

function meshConfig(spec: string): string {
  return `
apiVersion: weft.dev/v1alpha1
kind: MeshConfig
metadata: { name: mesh }
spec: { ${spec} }
---
`;
}

function telemetry(name: string, namespace: string, spec: string): string {
  return `
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: { name: ${name}, namespace: ${namespace} }
spec: ${spec === "{}" ? spec : `{ ${spec} }`}
---
`;
}

function planned(text: string) {
  const { model, diagnostics } = discover(parseDocuments("mesh.yaml", text));
  assert.deepEqual(diagnostics, []);
  const compiled = compile(model, [], 1);
  const codes = compiled.diagnostics.map(({ code, ref }) => {
    return `${code} ${ref!.kind} ${ref!.namespace}/${ref!.name}`;
  });
  const planOf = (key: string): InboundPlan => compiled.snapshot.inbound.get(key)!;
  const plans = {
    cart: planOf("shop/cart"),
    web: planOf("shop/web"),
    books: planOf("library/books"),
  };
  return { plans, codes };
}
