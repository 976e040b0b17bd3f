import assert from "node:assert/strict";
import { test } from "node:test";
import type { RouteCondition } from "#api/route-parent-status.ts";
import { buildCatalog } from "#compile/catalog.ts";
import { declareProtocols } from "#compile/declare-protocols.ts";
import { discover } from "#control/discovery/discover.ts";
import { objectStatuses } from "#control/discovery/object-statuses.ts";
import type { JsonObject } from "#ir/document.ts";
import { plainDocument } from "#ir/plain-document.ts";
import { routeStatus } from "./route-status.ts";

const CART = [{ group: "", kind: "Service", name: "cart" }];
const GOOD = { backendRefs: [{ name: "cart", port: 80 }] };

test("a route whose parent and backends are there is accepted, all references resolved", () => {
  assert.deepEqual(textsOf({ parentRefs: CART, rules: [GOOD] }), [
    "Accepted True Accepted",
    "ResolvedRefs True ResolvedRefs",
  ]);
});

test("a parent that is not there, or has no such port, doesn't match", () => {
  const accepted = (parent: JsonObject) =>
    textsOf({ parentRefs: [{ group: "", kind: "Service", ...parent }], rules: [GOOD] })[0];
  assert.equal(accepted({ name: "card" }), "Accepted False NoMatchingParent");
  assert.equal(accepted({ name: "cart", port: 81 }), "Accepted False NoMatchingParent");
  assert.equal(accepted({ name: "cart", port: 80 }), "Accepted True Accepted");
  assert.equal(accepted({ name: "bytes", port: 90 }), "Accepted False NoMatchingParent");
  assert.equal(accepted({ name: "cart", sectionName: "web" }), "Accepted True Accepted");
  assert.equal(accepted({ name: "cart", sectionName: "x" }), "Accepted False NoMatchingParent");
});

test("each parent has a status of its own, and those of other controllers have none", () => {
  const gateway = { name: "edge" };
  const parentRefs = [gateway, ...CART, { group: "", kind: "Service", name: "card", port: 7 }];
  const statuses = statusOf({ parentRefs, rules: [GOOD] });
  assert.deepEqual(
    statuses.map(({ parentRef }) => parentRef),
    [
      { group: "", kind: "Service", name: "cart", namespace: "shop" },
      { group: "", kind: "Service", name: "card", namespace: "shop", port: 7 },
    ],
  );
  assert.deepEqual(
    statuses.map(({ conditions }) => conditions[0]?.reason),
    ["Accepted", "NoMatchingParent"],
  );
  assert.equal(statuses[0]?.controllerName, "weft.dev/control-plane");
});

test("backends tell whether their kind, a grant or they themselves are missing", () => {
  const resolved = (backend: JsonObject) =>
    textsOf({ parentRefs: CART, rules: [{ backendRefs: [backend] }] })[1];
  const kind = { group: "example.com", kind: "Bucket", name: "cart" };
  assert.equal(resolved(kind), "ResolvedRefs False InvalidKind");
  const elsewhere = { name: "ledger", namespace: "payments", port: 80 };
  assert.equal(resolved(elsewhere), "ResolvedRefs False RefNotPermitted");
  assert.equal(resolved({ name: "card", port: 80 }), "ResolvedRefs False BackendNotFound");
  assert.equal(resolved({ name: "cart", port: 81 }), "ResolvedRefs False BackendNotFound");
});

test("a mirror is a reference like any other", () => {
  const mirror = { type: "RequestMirror", requestMirror: { backendRef: { name: "x", port: 80 } } };
  const rule = { ...GOOD, filters: [mirror] };
  assert.equal(
    textsOf({ parentRefs: CART, rules: [rule] })[1],
    "ResolvedRefs False BackendNotFound",
  );
});

test("one rule that can't be honoured makes a route partially invalid, all refuse it", () => {
  const external = { type: "ExtensionRef", extensionRef: { group: "x.y", kind: "Z", name: "z" } };
  const bad = { ...GOOD, filters: [external] };
  const some = conditionsOf({ parentRefs: CART, rules: [GOOD, bad] });
  assert.deepEqual(some.map(textOf), [
    "Accepted True Accepted",
    "ResolvedRefs True ResolvedRefs",
    "PartiallyInvalid True UnsupportedValue",
  ]);
  assert.match(some[2]!.message, /^Dropped Rule: spec\.rules\[1\]/);
  assert.equal(textsOf({ parentRefs: CART, rules: [bad] })[0], "Accepted False UnsupportedValue");
});

test("filters that exclude each other are told as such", () => {
  const rewrite = { type: "URLRewrite", urlRewrite: { hostname: "a.example" } };
  const redirect = { type: "RequestRedirect", requestRedirect: { hostname: "b.example" } };
  const rule = { filters: [rewrite, redirect] };
  assert.equal(
    textsOf({ parentRefs: CART, rules: [rule] })[0],
    "Accepted False IncompatibleFilters",
  );
});

test("a TCPRoute is for ports that carry bytes", () => {
  const spec = { parentRefs: [{ group: "", kind: "Service", name: "bytes" }], rules: [GOOD] };
  const conditions = statusOf(spec, "TCPRoute")[0]!.conditions;
  assert.equal(textOf(conditions[0]!), "Accepted True Accepted");
  const http = statusOf({ parentRefs: CART, rules: [GOOD] }, "TCPRoute")[0]!.conditions[0]!;
  assert.equal(http.message, "Service shop/cart has no port for TCP");
});

test("what is no route of Gateway API has no such status", () => {
  const document = plainDocument({ apiVersion: "v1", kind: "Service", metadata: { name: "a" } });
  const catalog = buildCatalog(discover({ documents: [], diagnostics: [] }).model, []);
  assert.equal(routeStatus(document, [], [], catalog), undefined);
});

const textOf = ({ type, status, reason }: RouteCondition) => `${type} ${status} ${reason}`;
const textsOf = (spec: JsonObject) => conditionsOf(spec).map(textOf);
const conditionsOf = (spec: JsonObject) => statusOf(spec)[0]!.conditions;

function statusOf(spec: JsonObject, kind = "HTTPRoute") {
  const service = (name: string, port: number, appProtocol: string, namespace = "shop") =>
    plainDocument({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name, namespace },
      spec: { selector: { app: name }, ports: [{ name: "web", port, appProtocol }] },
    });
  const route = plainDocument({
    apiVersion: `gateway.networking.k8s.io/${kind === "TCPRoute" ? "v1alpha2" : "v1"}`,
    kind,
    metadata: { name: "cart", namespace: "shop" },
    spec,
  });
  const documents = [
    service("cart", 80, "http"),
    service("bytes", 90, "tcp"),
    service("ledger", 80, "http", "payments"),
    route,
  ];
  const { model, diagnostics } = discover({ documents, diagnostics: [] });
  const own = objectStatuses(documents, diagnostics).at(-1)!.diagnostics;
  const catalog = buildCatalog(declareProtocols(model), []);
  return routeStatus(route, own, model.routes, catalog)!;
}
