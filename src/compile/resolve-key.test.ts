import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compile } from "./compile.ts";
import { projectInbound, projectOutbound } from "./project.ts";
import { resolveKey } from "./resolve-key.ts";
import { sampleHttpRoute, sampleModel, sampleService, sampleWorkload } from "./sample-model.ts";

const ports = [80, 9080].map((port) => {
  return { name: `p${port}`, port, targetPort: 9080, protocol: "http" as const };
});
const { snapshot } = compile(
  sampleModel({
    services: [sampleService("reviews", { ports })],
    workloads: [sampleWorkload("reviews-v1")],
    routes: [sampleHttpRoute("mine", [{}], { consumerNamespace: "tests" })],
  }),
  [],
  1,
);
const resolve = (key: string, namespace = "bookshop") =>
  resolveKey(snapshot, key, { namespace })?.outboundId;

test("a service is found by every name that it has", () => {
  for (const host of [
    "reviews",
    "reviews.bookshop",
    "reviews.bookshop.svc",
    "reviews.bookshop.svc.cluster.local",
    "Reviews.Bookshop.SVC.cluster.local.",
  ]) {
    assert.equal(resolve(`${host}:9080`), "outbound/bookshop/reviews/9080", host);
    assert.equal(resolve(host), "outbound/bookshop/reviews/80", host);
  }
});

test("a service is found by its addresses, of both families", () => {
  const service = sampleService("reviews", { ports, addresses: ["10.96.0.7", "fd96::7"] });
  const given = compile(sampleModel({ services: [service] }), [], 1).snapshot;
  for (const key of ["10.96.0.7:9080", "[fd96::7]:9080"]) {
    const found = resolveKey(given, key, { namespace: "other" });
    assert.equal(found?.outboundId, "outbound/bookshop/reviews/9080", key);
  }
});

test("a short name means the caller's own namespace", () => {
  assert.equal(resolve("reviews:9080", "other"), undefined);
  assert.equal(resolve("reviews.bookshop:9080", "other"), "outbound/bookshop/reviews/9080");
});

test("a caller in a consumer's namespace gets the consumer's plan", () => {
  const own = "outbound/bookshop/reviews/9080@tests";
  assert.equal(resolve("reviews.bookshop:9080", "tests"), own);
  const plan = projectOutbound(snapshot, "reviews.bookshop:9080", { namespace: "tests" });
  assert.equal(plan?.id, own);
});

test("what is no service's name is not found", () => {
  for (const key of [
    "",
    ":9080",
    "reviews:",
    "reviews:0",
    "reviews:65536",
    "reviews:9080x",
    "reviews:+9080",
    "reviews..bookshop:9080",
    "reviews.bookshop.pod:9080",
    "a.reviews.bookshop.svc:9080",
    "reviews/9080:9080",
    "[::1]:9080",
    `${"a".repeat(300)}:9080`,
    "__proto__",
  ]) {
    assert.equal(resolve(key), undefined, key);
  }
});

test("no key makes it throw", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (key, namespace) => {
      resolveKey(snapshot, key, { namespace });
    }),
    { seed: 1 },
  );
});

test("a workload gets its own inbound plan and nobody else's", () => {
  const found = projectInbound(snapshot, { namespace: "bookshop", name: "reviews-v1" });
  assert.equal(found?.id, "inbound/bookshop/reviews-v1");
  assert.equal(projectInbound(snapshot, { namespace: "bookshop", name: "x" }), undefined);
});

test("another name leads to a service only from where that may be seen", () => {
  const hidden = sampleService("hidden", { exportTo: ["bookshop", "friends"] });
  const alias = (namespace: string) =>
    sampleService("other", {
      ...{ namespace, selector: new Map(), aliasOf: "hidden.bookshop.svc.cluster.local" },
    });
  const services = [hidden, alias("friends"), alias("strangers")];
  const given = compile(sampleModel({ services }), [], 1).snapshot;
  const leadsTo = (namespace: string) => resolveKey(given, "other:9080", { namespace })?.outboundId;
  assert.equal(leadsTo("friends"), "outbound/bookshop/hidden/9080");
  assert.equal(leadsTo("strangers"), "outbound/strangers/other/9080");
});
