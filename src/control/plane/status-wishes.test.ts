import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import { buildCatalog } from "#compile/catalog.ts";
import { compile } from "#compile/compile.ts";
import { discover } from "#control/discovery/discover.ts";
import { LearnedPorts } from "#control/reports/learned-ports.ts";
import type { JsonObject } from "#ir/document.ts";
import { plainDocument } from "#ir/plain-document.ts";
import { ServicePorts } from "./service-ports.ts";
import { statusWishes } from "./status-wishes.ts";

const GATEWAY = "gateway.networking.k8s.io/v1";

test("a route says how it fares with its parents, and of which generation that is", () => {
  const [wish, ...others] = wishesFor([
    object("v1", "Service", "web", { selector: { app: "web" }, ports: [{ port: 80 }] }),
    object(GATEWAY, "HTTPRoute", "canary", {
      parentRefs: [{ group: "", kind: "Service", name: "web" }],
      rules: [{ backendRefs: [{ name: "web", port: 80 }] }],
    }),
  ]);
  assert.deepEqual(others, []);
  assert.equal(wish?.path, `/apis/${GATEWAY}/namespaces/shop/httproutes/canary`);
  assert.equal(wish?.generation, 7);
  assert.ok(wish?.says.kind === "parents");
  assert.deepEqual(
    wish.says.parents.map(({ parentRef }) => parentRef.name),
    ["web"],
  );
});

test("another object says whether it is in force, and what is wrong", () => {
  const wishes = wishesFor([
    object("weft.dev/v1alpha1", "MeshConfig", "mesh", { trustDomain: "No Domain" }),
    object("networking.istio.io/v1", "VirtualService", "none", {
      hosts: ["nobody"],
      http: [{ route: [{ destination: { host: "nobody" } }] }],
    }),
    object("networking.istio.io/v1", "Sidecar", "default", {}),
  ]);
  const told = wishes.map(({ path, says }) => {
    assert.ok(says.kind === "condition");
    const { type, status, reason, message } = says.condition;
    assert.equal(type, "weft.dev/Accepted");
    return [path.split("/").at(-2), status, reason, message === "The object is in force"];
  });
  assert.deepEqual(told, [
    ["meshconfigs", "False", "Invalid", false],
    ["virtualservices", "True", "PartlyAccepted", false],
    ["sidecars", "True", "Accepted", true],
  ]);
});

function wishesFor(objects: readonly JsonObject[]) {
  const documents = objects.map((each) => plainDocument(each));
  const { model, diagnostics } = discover({ documents, diagnostics: [] });
  const { snapshot, diagnostics: compiled } = compile(model, [], 1);
  return statusWishes({
    documents,
    diagnostics: [...diagnostics, ...compiled],
    model,
    catalog: buildCatalog(model, []),
    servicePorts: new ServicePorts(snapshot, new LearnedPorts(new FakeClock())),
  });
}

function object(apiVersion: string, kind: string, name: string, spec: JsonObject): JsonObject {
  return { apiVersion, kind, metadata: { name, namespace: "shop", generation: 7 }, spec };
}
