import assert from "node:assert/strict";
import { test } from "node:test";
import type { Model, Protocol, Workload } from "#ir/model.ts";
import type { Registration } from "#snapshot/registration.ts";
import { compile } from "./compile.ts";
import {
  sampleBackendRef,
  sampleHttpRoute,
  sampleModel,
  sampleRegistration,
  sampleService,
  sampleSubsets,
  sampleVirtualService,
  sampleWorkload,
} from "./sample-model.ts";

const V1 = sampleWorkload("reviews-v1");
const V2 = sampleWorkload("reviews-v2");
const V3 = sampleWorkload("reviews-v3");
const REVIEWS = sampleService("reviews");

// By "address:port" of their mesh listeners.
const endpointsOf = (model: Model, registrations: readonly Registration[]): string[] => {
  const plan = compile(model, registrations, 1).snapshot.outbound.get("bookshop/reviews/9080")!;
  const [backend] = plan.backends;
  assert.equal(backend?.kind, "endpoints");
  return backend.endpoints.map(({ workload, address }) => `${workload.name} ${address}`);
};

test("a service and a workload that disagree on a port's protocol are told", () => {
  const workload = (protocol: Protocol) =>
    sampleWorkload("reviews", { ports: [{ name: "http", port: 9080, protocol }] });
  const service = (protocol: Protocol) =>
    sampleService("reviews", {
      ports: [{ name: "http", port: 9080, targetPort: "http", protocol }],
    });
  const disagreements = (["http", "http2", "tcp"] as const).flatMap((said) =>
    (["http", "http2", "tcp"] as const).flatMap((spoken) => {
      const model = sampleModel({ services: [service(said)], workloads: [workload(spoken)] });
      return compile(model, [], 1)
        .diagnostics.filter(({ code }) => code === "WEFT208")
        .map(() => `${said} ${spoken}`);
    }),
  );
  assert.deepEqual(disagreements, ["http tcp", "http2 http", "http2 tcp"]);
});

test("a service that nothing routes sends everything to its own ready endpoints", () => {
  const model = sampleModel({ services: [REVIEWS], workloads: [V2, V1, V3] });
  const { snapshot } = compile(
    model,
    [sampleRegistration(V2, { address: "127.64.0.2" }), sampleRegistration(V1, { isReady: false })],
    7,
  );
  const plan = snapshot.outbound.get("bookshop/reviews/9080")!;
  assert.equal(snapshot.revision, 7);
  assert.deepEqual(
    plan.routes.map(({ name, matches }) => [name, matches]),
    [["default", []]],
  );
  assert.deepEqual(plan.backends, [
    {
      kind: "endpoints",
      namespace: "bookshop",
      service: "reviews",
      port: 9080,
      subset: "",
      endpoints: [
        {
          workload: {
            namespace: "bookshop",
            name: "reviews-v2",
            serviceAccount: "reviews",
            app: "reviews",
            version: "v2",
          },
          port: 9080,
          speaks: "weft",
          address: "127.64.0.2",
          meshPort: 15_008,
          identity: "spiffe://mesh.local/ns/bookshop/sa/reviews",
        },
      ],
    },
  ]);
  assert.deepEqual(
    snapshot.members.get("bookshop/reviews/9080")!.map(({ workload, state }) => {
      return [workload.name, state];
    }),
    [
      ["reviews-v1", "not-ready"],
      ["reviews-v2", "ready"],
      ["reviews-v3", "not-joined"],
    ],
  );
});

test("a proxy under another service account is no endpoint", () => {
  const model = sampleModel({ services: [REVIEWS], workloads: [V1] });
  const identity = "spiffe://mesh.local/ns/bookshop/sa/web";
  const { snapshot } = compile(model, [sampleRegistration(V1, { identity })], 1);
  assert.equal(snapshot.members.get("bookshop/reviews/9080")![0]!.state, "identity-differs");
  assert.deepEqual(endpointsOf(model, [sampleRegistration(V1, { identity })]), []);
});

test("a workload of another namespace, or with one label missing, is no endpoint", () => {
  const workloads: Workload[] = [
    V1,
    sampleWorkload("reviews-v1", { namespace: "other" }),
    sampleWorkload("ratings-v1"),
  ];
  const model = sampleModel({ services: [REVIEWS], workloads });
  const registrations = workloads.map((workload) => sampleRegistration(workload));
  assert.deepEqual(endpointsOf(model, registrations), ["reviews-v1 127.64.0.1"]);
});

test("a target port is a workload's port by number or by name, its own for each", () => {
  const ports = [
    { name: "admin", port: 1, protocol: "http" as const },
    { name: "http", port: 8000, protocol: "http" as const },
  ];
  const workloads = [V1, sampleWorkload("reviews-v2", { ports })];
  const registrations = workloads.map((workload) => sampleRegistration(workload));
  const portsOf = (targetPort: number | string) => {
    const service = sampleService("reviews", {
      ports: [{ name: "", port: 80, targetPort, protocol: "http" }],
    });
    const model = sampleModel({ services: [service], workloads });
    const { snapshot } = compile(model, registrations, 1);
    const [backend] = snapshot.outbound.get("bookshop/reviews/80")!.backends;
    return backend?.kind === "endpoints" && backend.endpoints.map(({ port }) => port);
  };
  assert.deepEqual(portsOf("http"), [9080, 8000]);
  assert.deepEqual(portsOf(8000), [8000]);
  assert.deepEqual(portsOf("grpc"), []);
});

test("a service without a selector selects nothing, also by a subset", () => {
  const model = sampleModel({
    services: [sampleService("reviews", { selector: new Map() })],
    workloads: [V1],
    subsets: [sampleSubsets("reviews", ["v1"])],
    routes: [sampleVirtualService("reviews", [{ backends: [sampleBackendRef("reviews/v1")] }])],
  });
  assert.deepEqual(endpointsOf(model, [sampleRegistration(V1)]), []);
});

test("a port that carries TCP takes no routes for HTTP", () => {
  const ports = [{ name: "", port: 5432, targetPort: 9080, protocol: "tcp" as const }];
  const { snapshot, diagnostics } = compile(
    sampleModel({
      services: [sampleService("reviews", { ports })],
      workloads: [V1],
      routes: [sampleHttpRoute("reviews", [{}])],
    }),
    [],
    1,
  );
  const plan = snapshot.outbound.get("bookshop/reviews/5432")!;
  assert.deepEqual([plan.protocol, plan.routes[0]!.name], ["tcp", "default"]);
  assert.deepEqual(
    diagnostics.map(({ code }) => code),
    ["WEFT202"],
  );
});

test("an inbound plan counts each port for the first service that selects it", () => {
  const { snapshot } = compile(
    sampleModel({
      workloads: [V1],
      services: [REVIEWS, sampleService("all", { selector: new Map([["app", "reviews"]]) })],
    }),
    [],
    1,
  );
  const plan = snapshot.inbound.get("bookshop/reviews-v1")!;
  assert.equal(plan.id, "inbound/bookshop/reviews-v1");
  assert.equal(plan.trustDomain, "mesh.local");
  assert.deepEqual(plan.ports, [
    {
      port: 9080,
      name: "http",
      protocol: "http",
      service: "all",
      serviceNamespace: "bookshop",
    },
  ]);
});

test("a plan's hash changes with the plan and with nothing else", () => {
  const hashOf = (model: Model, registrations: readonly Registration[], revision: number) =>
    compile(model, registrations, revision).snapshot.outbound.get("bookshop/reviews/9080")!.hash;
  const model = sampleModel({ services: [REVIEWS], workloads: [V1] });
  const more = sampleModel({ services: [REVIEWS, sampleService("x")], workloads: [V1] });
  const before = hashOf(model, [], 1);
  assert.match(before, /^[0-9a-f]{16}$/);
  assert.equal(hashOf(more, [], 2), before);
  assert.notEqual(hashOf(model, [sampleRegistration(V1)], 1), before);
});

test("whole scenarios compile to the plans on record", (t) => {
  const workloads = [V1, V2];
  const base = {
    services: [REVIEWS],
    workloads,
    subsets: [sampleSubsets("reviews", ["v1", "v2"])],
  };
  const canary = sampleVirtualService("reviews", [
    {
      matches: [{ headers: [{ name: "version", value: { kind: "exact", value: "v2" } }] }],
      backends: [sampleBackendRef("reviews/v2", 100)],
    },
    { backends: [sampleBackendRef("reviews/v1", 90), sampleBackendRef("reviews/v2", 10)] },
  ]);
  const consumer = sampleHttpRoute("tests", [{ backends: [sampleBackendRef("reviews")] }], {
    consumerNamespace: "tests",
  });
  const mixed = (name: string, protocol: "http2" | "tcp") =>
    [{ name, port: 1000, protocol, targetPort: name }] as const;
  const protocols = sampleModel({
    services: [
      sampleService("redis", { ports: mixed("redis", "tcp") }),
      sampleService("stars", { ports: mixed("grpc", "http2") }),
    ],
    workloads: [
      sampleWorkload("redis", { ports: mixed("redis", "tcp") }),
      sampleWorkload("stars", { ports: mixed("grpc", "http2") }),
    ],
    // A route is no business of a port for TCP.
    routes: [
      sampleHttpRoute("stars", [{ backends: [sampleBackendRef("stars", 1, 1000)] }], {
        parents: ["redis", "stars"].map((name) => ({
          service: { namespace: "bookshop", name },
          port: undefined,
        })),
      }),
    ],
  });
  const scenarios = {
    protocols,
    "istio-canary": sampleModel({ ...base, routes: [canary] }),
    consumer: sampleModel({ ...base, routes: [consumer, sampleHttpRoute("broken", [{}])] }),
  };
  const registrations = [...workloads, ...protocols.workloads].map((workload) =>
    sampleRegistration(workload),
  );
  for (const [name, model] of Object.entries(scenarios)) {
    const { snapshot, diagnostics } = compile(model, registrations, 1);
    const { outbound, inbound, ...rest } = snapshot;
    const plain = { outbound: [...outbound], inbound: [...inbound], revision: rest.revision };
    const path = `${import.meta.dirname}/golden/${name}.plans.json`;
    t.assert.fileSnapshot({ ...plain, diagnostics }, path);
  }
});
