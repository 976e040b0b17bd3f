import assert from "node:assert/strict";
import { test } from "node:test";
import type { Diagnostic } from "#ir/diagnostic.ts";
import type { HttpRoute, PathMatch } from "#ir/route.ts";
import { compile } from "./compile.ts";
import {
  sampleBackendRef,
  sampleHttpRoute,
  sampleModel,
  sampleService,
  sampleSubsets,
  sampleVirtualService,
  sampleWorkload,
} from "./sample-model.ts";

const compileRoutes = (routes: readonly HttpRoute[]) => {
  const model = sampleModel({
    services: [sampleService("reviews"), sampleService("ratings")],
    workloads: [sampleWorkload("reviews-v1"), sampleWorkload("ratings-v1")],
    subsets: [sampleSubsets("reviews", ["v1"])],
    routes,
  });
  return compile(model, [], 1);
};
const planOf = (routes: readonly HttpRoute[], key = "bookshop/reviews/9080") =>
  compileRoutes(routes).snapshot.outbound.get(key);
// "reviews 0" for rule 0 of HTTPRoute bookshop/reviews.
const orderOf = (routes: readonly HttpRoute[], key?: string) =>
  planOf(routes, key)!.routes.map(({ name, rule }) => `${name.split("/").at(-1)} ${rule}`);
const findings = (diagnostics: readonly Diagnostic[]) =>
  diagnostics.map(({ code, ref }) => `${code} ${ref!.kind} ${ref!.name}`);

const exact = (value: string): PathMatch => ({ kind: "exact", value });
const below = (value: string): PathMatch => ({ kind: "segment-prefix", value });
const X = { name: "x", value: { kind: "exact", value: "1" } } as const;
const Y = { name: "y", value: { kind: "exact", value: "1" } } as const;

test("Gateway API: path, then method, then headers, then query decide which match is first", () => {
  const route = sampleHttpRoute("reviews", [
    {},
    { matches: [{ query: [X] }] },
    { matches: [{ headers: [X] }] },
    { matches: [{ headers: [X, Y] }] },
    { matches: [{ method: "GET" }] },
    { matches: [{ path: below("/a/") }] },
    { matches: [{ path: below("/a/b") }] },
    { matches: [{ path: exact("/a") }] },
    { matches: [{ path: exact("/a"), method: "GET" }] },
  ]);
  assert.deepEqual(
    planOf([route])!.routes.map(({ rule }) => rule),
    [8, 7, 6, 5, 4, 3, 2, 1, 0],
  );
});

test("Gateway API: equal matches of several routes go by age, name and place", () => {
  const rules = [{ matches: [{ path: below("/a") }] }, { matches: [{ path: below("/b") }] }];
  const old = { createdAtMs: 1 };
  const young = { createdAtMs: 2 };
  const routes = [
    sampleHttpRoute("c", rules, young),
    sampleHttpRoute("b", rules, young),
    sampleHttpRoute("d", rules, old),
  ];
  assert.deepEqual(orderOf(routes), ["d 0", "d 1", "b 0", "b 1", "c 0", "c 1"]);
  assert.deepEqual(findings(compileRoutes(routes).diagnostics), [
    "WEFT205 HTTPRoute b",
    "WEFT205 HTTPRoute b",
    "WEFT205 HTTPRoute c",
    "WEFT205 HTTPRoute c",
  ]);
});

test("Gateway API: the matches of one rule may stand apart, neighbours stay together", () => {
  const route = sampleHttpRoute("reviews", [
    { matches: [{ path: below("/a") }, { path: exact("/a/b") }, { path: exact("/a/c") }] },
    { matches: [{ path: below("/a/b") }] },
  ]);
  assert.deepEqual(
    planOf([route])!.routes.map(({ rule, matches }) => [rule, matches.length]),
    [
      [0, 2],
      [1, 1],
      [0, 1],
    ],
  );
});

test("a routed service has no default route", () => {
  const rules = [{ matches: [{ path: exact("/a") }] }];
  assert.deepEqual(orderOf([sampleHttpRoute("reviews", rules)]), ["reviews 0"]);
  assert.deepEqual(orderOf([sampleVirtualService("reviews", rules)]), ["reviews 0"]);
});

test("Istio: rules stay as written, and of two objects for one host the older wins", () => {
  const rules = [{ matches: [{ path: below("/a") }] }, { matches: [{ path: exact("/a") }] }];
  const first = sampleVirtualService("z", rules, { createdAtMs: 1 });
  const second = sampleVirtualService("a", rules, { createdAtMs: 2 });
  assert.deepEqual(orderOf([second, first]), ["z 0", "z 1"]);
  assert.deepEqual(findings(compileRoutes([second, first]).diagnostics), [
    "WEFT205 VirtualService a",
  ]);
});

test("Istio: objects for different hosts stand beside each other", () => {
  const a = sampleVirtualService("a", [{}], { authorities: ["a.example"] });
  const b = sampleVirtualService("b", [{}], { authorities: ["b.example"] });
  // Of what is for neither, no document says anything.
  assert.deepEqual(orderOf([b, a]), ["a 0", "b 0", "default 0"]);
  assert.deepEqual(planOf([a])!.routes[0]!.matches[0]!.authorities, ["a.example"]);
});

test("Gateway API wins over Istio with its whole set, and the loser is told", () => {
  const rules = [{ matches: [{ path: exact("/a") }] }];
  const routes = [sampleVirtualService("istio", [{}]), sampleHttpRoute("gateway", rules)];
  const { diagnostics } = compileRoutes(routes);
  assert.deepEqual(orderOf(routes), ["gateway 0"]);
  assert.deepEqual(findings(diagnostics), ["WEFT204 VirtualService istio"]);
  assert.match(diagnostics[0]!.message, /HTTPRoute bookshop\/gateway does.*wins over Istio/);
});

test("a consumer route replaces the others, for callers in its namespace only", () => {
  const rules = [{ matches: [{ path: exact("/a") }] }];
  const routes = [
    sampleHttpRoute("everybody", rules),
    sampleHttpRoute("mine", rules, { consumerNamespace: "tests" }),
  ];
  assert.deepEqual(orderOf(routes), ["everybody 0"]);
  assert.deepEqual(orderOf(routes, "bookshop/reviews/9080@tests"), ["mine 0"]);
  assert.equal(planOf(routes, "bookshop/reviews/9080@other"), undefined);
  const variant = planOf(routes, "bookshop/reviews/9080@tests")!;
  assert.equal(variant.id, "outbound/bookshop/reviews/9080@tests");
  assert.equal(variant.scope.host, "reviews.bookshop.svc.cluster.local");
});

test("a route for a port by its name leaves the others alone, and with a number both hold", () => {
  const ports = [80, 81].map((port) => {
    return { name: `p${port}`, port, targetPort: 9080, protocol: "http" as const };
  });
  const services = [sampleService("reviews", { ports })];
  const workloads = [sampleWorkload("reviews-v1")];
  const rulesFor = (port: number | undefined, portName: string) => {
    const parents = [{ service: services[0]!, port, portName }];
    const routes = [sampleHttpRoute("reviews", [{}], { parents })];
    const { snapshot, diagnostics } = compile(sampleModel({ services, workloads, routes }), [], 1);
    const routed = [80, 81].filter((each) =>
      snapshot.outbound
        .get(`bookshop/reviews/${each}`)!
        .routes.some(({ name }) => name !== "default"),
    );
    return [routed, diagnostics.map(({ message }) => message)];
  };
  assert.deepEqual(rulesFor(undefined, "p81"), [[81], []]);
  assert.deepEqual(rulesFor(80, "p80"), [[80], []]);
  const nothing = "HTTPRoute bookshop/reviews routes nothing: Service bookshop/reviews has no port";
  assert.deepEqual(rulesFor(80, "p81"), [[], [`${nothing} 80 "p81" for HTTP`]]);
});

test("a route for one port leaves the others alone, a match for one port too", () => {
  const ports = [80, 81].map((port) => {
    return { name: `p${port}`, port, targetPort: 9080, protocol: "http" as const };
  });
  const services = [sampleService("reviews", { ports })];
  const workloads = [sampleWorkload("reviews-v1")];
  const parents = [{ service: services[0]!, port: 80 }];
  const only = sampleHttpRoute("reviews", [{}], { parents });
  const byMatch = sampleVirtualService("reviews", [{ matches: [{ port: 80 }] }, {}]);
  const rulesAt = (routes: readonly HttpRoute[], port: number) => {
    const { snapshot } = compile(sampleModel({ services, workloads, routes }), [], 1);
    const plan = snapshot.outbound.get(`bookshop/reviews/${port}`)!;
    return plan.routes.map(({ name, rule }) => (name === "default" ? name : rule));
  };
  assert.deepEqual([rulesAt([only], 80), rulesAt([only], 81)], [[0], ["default"]]);
  assert.deepEqual([rulesAt([byMatch], 80), rulesAt([byMatch], 81)], [[0, 1], [1]]);
});

test("a backend that leads nowhere keeps its weight and says what is wrong", () => {
  const backends = [
    sampleBackendRef("reviews", 7),
    sampleBackendRef("rewiews", 1),
    sampleBackendRef("ratings", 1, 80),
    sampleBackendRef("reviews/v9", 1),
    { kind: "invalid", reason: "no such kind", weight: 2 },
    sampleBackendRef("ratings", 0),
  ] as const;
  const { snapshot, diagnostics } = compileRoutes([sampleHttpRoute("reviews", [{ backends }])]);
  const plan = snapshot.outbound.get("bookshop/reviews/9080")!;
  assert.deepEqual(
    plan.routes[0]!.action.backends.map(({ backend, weight }) => {
      const target = plan.backends[backend]!;
      return [weight, target.kind === "invalid" ? target.reason : target.service];
    }),
    [
      [7, "reviews"],
      [1, "Service bookshop/rewiews does not exist"],
      [1, "Service bookshop/ratings has no port 80"],
      [1, 'Service bookshop/reviews has no subset "v9"'],
      [2, "no such kind"],
    ],
  );
  assert.deepEqual(
    diagnostics.map(({ code, severity, remedy }) => `${code} ${severity}: ${remedy}`),
    [
      "WEFT202 error: Name one of its ports: 9080.",
      'WEFT203 error: Name one of its subsets (v1), or define "v9".',
      "WEFT201 error: Did you mean bookshop/reviews?",
    ],
  );
});

test("weights that are all 0 leave a rule without backends", () => {
  const backends = [sampleBackendRef("reviews", 0), sampleBackendRef("ratings", 0)];
  const plan = planOf([sampleHttpRoute("reviews", [{ backends }])])!;
  assert.deepEqual(plan.routes[0]!.action.backends, []);
});

test("a rule behind one that takes everything, or behind its equal, is reported", () => {
  const narrow = { matches: [{ path: exact("/a") }] };
  const afterAll = sampleVirtualService("all", [{}, narrow]);
  assert.deepEqual(findings(compileRoutes([afterAll]).diagnostics), ["WEFT207 VirtualService all"]);
  const twice = sampleHttpRoute("twice", [narrow, { matches: [{ path: exact("/a") }] }]);
  const { diagnostics } = compileRoutes([twice]);
  assert.deepEqual(findings(diagnostics), ["WEFT207 HTTPRoute twice"]);
  assert.equal(diagnostics[0]!.position!.line, 11);
  const partly = { matches: [{ path: exact("/a") }, { path: exact("/b") }] };
  assert.deepEqual(
    compileRoutes([sampleVirtualService("fine", [narrow, partly, {}])]).diagnostics,
    [],
  );
});

test("a route for a service that does not exist is reported, with the nearest name", () => {
  const parents = [{ service: { namespace: "bookshop", name: "reveiws" }, port: undefined }];
  const { diagnostics } = compileRoutes([sampleHttpRoute("lost", [{}], { parents })]);
  assert.deepEqual(findings(diagnostics), ["WEFT201 HTTPRoute lost"]);
  assert.equal(diagnostics[0]!.remedy, "Did you mean bookshop/reviews?");
});
