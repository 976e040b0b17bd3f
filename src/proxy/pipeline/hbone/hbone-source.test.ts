import assert from "node:assert/strict";
import { test } from "node:test";
import { hboneSourceOf } from "./hbone-source.ts";

test("baggage names the namespace and the workload that ask", () => {
  const baggage =
    "k8s.cluster.name=Kubernetes,k8s.namespace.name=shop,k8s.deployment.name=web;x=1," +
    "service.name=web,service.version=v1";
  assert.equal(hboneSourceOf(["forwarded", "for=10.0.0.1", "baggage", baggage]), "shop/web");
  const split = ["baggage", " k8s.pod.name = web-0 ", "baggage", "k8s.namespace.name=shop"];
  assert.equal(hboneSourceOf(split), "shop/web-0");
});

test("baggage that names only one of them, or no name, says nothing", () => {
  for (const baggage of [
    "",
    ",,=,;",
    "k8s.namespace.name=shop",
    "k8s.deployment.name=web",
    "k8s.namespace.name=shop,k8s.deployment.name=",
    "k8s.namespace.name=shop,k8s.deployment.name=we%20b",
    'k8s.namespace.name=shop,k8s.deployment.name=a"b',
    `k8s.namespace.name=shop,k8s.deployment.name=${"a".repeat(254)}`,
  ]) {
    assert.equal(hboneSourceOf(["baggage", baggage]), "", baggage);
  }
});
