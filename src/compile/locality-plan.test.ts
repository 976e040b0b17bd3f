import assert from "node:assert/strict";
import { test } from "node:test";
import type { DestinationPolicy } from "#ir/destination-policy.ts";
import type { Locality } from "#ir/locality.ts";
import type { Model, Outside, Service, Workload } from "#ir/model.ts";
import { compile } from "./compile.ts";
import {
  sampleModel,
  sampleOrigin,
  sampleRegistration,
  sampleService,
  sampleSubsets,
  sampleWorkload,
} from "./sample-model.ts";

const EJECTION = {
  ...{ failures: 5, gatewayFailures: 0, localFailures: 5, isLocalApart: false },
  ...{ intervalMs: 10_000, baseMs: 30_000, ejectedPercentMax: 10, healthyPercentMin: 0 },
};
const NEAREST = { kind: "tiers", labels: [], isByPlace: true, regions: [] } as const;
const BY_ZONE: Locality = {
  ...NEAREST,
  isByPlace: false,
  labels: [{ name: "topology.kubernetes.io/zone" }],
};
const SHARES: Locality = { kind: "shares", rules: [{ from: "*", to: [["eu", 100]] }] };

test("near endpoints are preferred where failing ones are noticed, as in Istio", () => {
  assert.deepEqual(localityFor({ policy: { ejection: EJECTION } }), NEAREST);
  assert.equal(localityFor({}), undefined);
  const wanted: DestinationPolicy = { balancer: { kind: "random", locality: BY_ZONE } };
  assert.equal(localityFor({ policy: wanted }), undefined);
  assert.deepEqual(localityFor({ policy: { ...wanted, ejection: EJECTION } }), BY_ZONE);
});

test("shares hold also where failing ones aren't noticed", () => {
  const policy: DestinationPolicy = { balancer: { kind: "random", locality: SHARES } };
  assert.deepEqual(localityFor({ policy }), SHARES);
});

test("a DestinationRule wins over the Service, and that over the mesh", () => {
  const off: DestinationPolicy = { balancer: { kind: "random", locality: { kind: "off" } } };
  assert.equal(localityFor({ policy: { ...off, ejection: EJECTION } }), undefined);
  assert.equal(localityFor({ policy: off, service: { locality: BY_ZONE } }), undefined);
  assert.deepEqual(localityFor({ service: { locality: BY_ZONE } }), BY_ZONE);
  assert.deepEqual(localityFor({ mesh: SHARES }), SHARES);
  assert.equal(localityFor({ mesh: { kind: "off" }, policy: { ejection: EJECTION } }), undefined);
  assert.deepEqual(localityFor({ mesh: SHARES, service: { locality: BY_ZONE } }), BY_ZONE);
});

test("where all endpoints are in one place, plans say nothing of places", () => {
  const alone = backendOf(model({ service: { locality: BY_ZONE } }, ["eu.a.1", "eu.a.1"]));
  assert.equal(alone.policy, undefined);
  assert.ok(alone.endpoints.every((endpoint) => !("place" in endpoint)));
});

test("a place is the label istio-locality, else those of Kubernetes", () => {
  const labels = [
    new Map([["istio-locality", "eu.a.1"]]),
    new Map([["istio-locality", "eu/b"]]),
    new Map([
      ["topology.kubernetes.io/region", "us"],
      ["topology.kubernetes.io/zone", "c"],
      ["topology.istio.io/subzone", "2"],
      ["kubernetes.io/hostname", "n1"],
    ]),
  ];
  const given = model({ service: { locality: BY_ZONE } }, labels);
  assert.deepEqual(
    backendOf(given).endpoints.map(({ place }) => place),
    [
      { region: "eu", zone: "a", subzone: "1", node: "" },
      { region: "eu", zone: "b", subzone: "", node: "" },
      { region: "us", zone: "c", subzone: "2", node: "n1" },
    ],
  );
});

test("a proxy is told its own place, and the labels that any policy asks for", () => {
  const byRack: Locality = { ...NEAREST, isByPlace: false, labels: [{ name: "rack" }] };
  const labels = [
    new Map([
      ["istio-locality", "eu.a"],
      ["rack", "7"],
      ["app", "reviews"],
    ]),
  ];
  const { snapshot } = compile(model({ mesh: byRack }, labels), [], 1);
  assert.deepEqual(snapshot.inbound.get("bookshop/reviews-v0")?.place, {
    ...{ region: "eu", zone: "a", subzone: "", node: "" },
    labels: [["rack", "7"]],
  });
  const plain = compile(model({}, [new Map()]), [], 1).snapshot;
  assert.equal(plain.inbound.get("bookshop/reviews-v0")?.place, undefined);
});

test("an address outside the mesh is in the region where its zone is known to be", () => {
  const address = { address: "10.0.0.1", name: "a", isReady: true, zone: "a", node: "n1" };
  const other = { address: "10.0.0.2", name: "b", isReady: true, zone: "x" };
  const outside: Outside = {
    origin: sampleOrigin("EndpointSlice", "legacy"),
    service: { namespace: "bookshop", name: "legacy" },
    addresses: [address, other],
    ports: [{ name: "http", port: 80 }],
  };
  const legacy = sampleService("legacy", { selector: new Map(), locality: BY_ZONE });
  const near = sampleWorkload("web", { labels: new Map([["istio-locality", "eu.a"]]) });
  const given = sampleModel({ services: [legacy], outsides: [outside], workloads: [near] });
  const places = backendOf(given, "legacy").endpoints.map(({ place }) => place);
  assert.deepEqual(places, [
    { region: "eu", zone: "a", subzone: "", node: "n1" },
    { region: "", zone: "x", subzone: "", node: "" },
  ]);
  const hinted = { ...outside, addresses: [{ ...address, forZones: ["a"] }, other] };
  const backend = backendOf({ ...given, outsides: [hinted] }, "legacy");
  assert.deepEqual(backend.policy?.locality, { kind: "hints" });
  assert.deepEqual(backend.endpoints[0]!.place?.forZones, ["a"]);
});

test("a service that only the caller's own node may answer says so in its plan", () => {
  const backend = backendOf(model({ service: { isNodeLocal: true } }, ["eu.a", "eu.a"]));
  assert.equal(backend.policy?.isNodeLocal, true);
  assert.ok(backend.endpoints.every(({ place }) => place !== undefined));
});

type Wanted = {
  readonly policy?: DestinationPolicy;
  readonly service?: Partial<Service>;
  readonly mesh?: Locality;
};

function localityFor(wanted: Wanted) {
  return backendOf(model(wanted, ["eu.a", "eu.b"])).policy?.locality;
}

function model(
  { policy, service, mesh }: Wanted,
  places: readonly (string | Workload["labels"])[],
): Model {
  const plain = sampleModel({});
  return {
    ...plain,
    mesh: { ...plain.mesh, ...(mesh && { locality: mesh }) },
    services: [sampleService("reviews", service)],
    subsets: policy ? [{ ...sampleSubsets("reviews", []), policy }] : [],
    workloads: places.map((place, i) => {
      const labels = typeof place === "string" ? new Map([["istio-locality", place]]) : place;
      const all = new Map([["app", "reviews"], ...labels]);
      return sampleWorkload(`reviews-v${i}`, { labels: all });
    }),
  };
}

function backendOf(given: Model, service = "reviews") {
  const registrations = given.workloads.map((workload, i) =>
    sampleRegistration(workload, { address: `127.64.0.${i + 1}` }),
  );
  const { snapshot } = compile(given, registrations, 1);
  const backend = snapshot.outbound.get(`bookshop/${service}/9080`)?.backends[0];
  assert.ok(backend?.kind === "endpoints");
  return backend;
}
