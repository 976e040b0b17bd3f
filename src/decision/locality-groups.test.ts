import assert from "node:assert/strict";
import { test } from "node:test";
import type { LocalityPlan, LocalityTiersPlan, PlacePlan } from "#snapshot/locality-plan.ts";
import type { EndpointsBackendPlan } from "#snapshot/plan.ts";
import { localityGroups, withinReach } from "./locality-groups.ts";

const CALLER = place("eu/a/1");
const NEAREST: LocalityTiersPlan = { kind: "tiers", labels: [], isByPlace: true, regions: [] };

test("the nearest are those of the subzone, then of the zone, then of the region", () => {
  const places = ["us/a/1", "eu/b/1", "eu/a/2", "eu/a/1", "eu/a/1"];
  assert.deepEqual(tiers(NEAREST, places), [[3, 4], [2], [1], [0]]);
});

test("of all other regions, one comes first if a failover says so", () => {
  const failover = { ...NEAREST, regions: [{ from: "eu", to: "us" }] };
  assert.deepEqual(tiers(failover, ["asia/a", "us/b", "eu/a/1"]), [[2], [1], [0]]);
  const others = { ...NEAREST, regions: [{ from: "asia", to: "us" }] };
  assert.deepEqual(tiers(others, ["asia/a", "us/b", "eu/a/1"]), [[2], [0, 1]]);
});

test("labels count in their order: the first that differs says how far it is", () => {
  const labels = [
    { name: "topology.kubernetes.io/region" },
    { name: "topology.kubernetes.io/zone" },
    { name: "version", value: "v2" },
  ];
  const locality = { ...NEAREST, labels, isByPlace: false };
  const versions = (text: string, version: string): PlacePlan => {
    return { ...place(text), labels: [["version", version]] };
  };
  const places = [
    versions("us/a", "v2"),
    versions("eu/b", "v2"),
    versions("eu/a", "v1"),
    versions("eu/a", "v2"),
  ];
  assert.deepEqual(tiersAt(locality, places), [[3], [2], [1], [0]]);
});

test("a label without a value is held against the caller's own", () => {
  const locality = { ...NEAREST, labels: [{ name: "rack" }], isByPlace: false };
  const inRack = (rack: string): PlacePlan => ({ ...place(""), labels: [["rack", rack]] });
  const found = localityGroups(backend(locality, [inRack("7"), inRack("9")]), inRack("9"));
  assert.deepEqual(
    found?.groups.map(({ members }) => members),
    [[1], [0]],
  );
});

test("places count after labels where both are asked for", () => {
  const labels = [{ name: "topology.kubernetes.io/region" }];
  const both = { ...NEAREST, labels, regions: [{ from: "eu", to: "us" }] };
  assert.deepEqual(tiers(both, ["asia", "us", "eu/b", "eu/a/1"]), [[3], [2], [1], [0]]);
});

test("where all are equally near, none is preferred", () => {
  assert.equal(localityGroups(backend(NEAREST, ["eu/b", "eu/b"].map(place)), CALLER), undefined);
  assert.equal(localityGroups(backend(undefined, ["eu/a", "us/b"].map(place)), CALLER), undefined);
});

test("shares are those of the first rule that fits the caller, and others get nothing", () => {
  const shares: LocalityPlan = {
    kind: "shares",
    rules: [
      { from: "us/*", to: [["us/*", 100]] },
      {
        from: "eu/a/*",
        to: [
          ["eu/a/*", 80],
          ["eu/*", 20],
        ],
      },
      { from: "*", to: [["*", 100]] },
    ],
  };
  const given = backend(shares, ["us/a", "eu/a/1", "eu/b", "eu/a/2"].map(place));
  const reached = withinReach(given, CALLER);
  assert.deepEqual(
    reached.endpoints.map(({ address }) => address),
    ["10.0.0.1", "10.0.0.2", "10.0.0.3"],
  );
  assert.deepEqual(localityGroups(reached, CALLER), {
    kind: "shares",
    groups: [
      { members: [0, 2], weight: 80 },
      { members: [1], weight: 20 },
    ],
  });
  assert.equal(withinReach(given, place("asia")), given);
});

test("a caller that no rule of shares fits asks anybody", () => {
  const shares: LocalityPlan = { kind: "shares", rules: [{ from: "us", to: [["us", 100]] }] };
  const given = backend(shares, ["us/a", "eu/a/1"].map(place));
  assert.equal(withinReach(given, CALLER), given);
  assert.equal(localityGroups(given, CALLER), undefined);
});

test("hints count where every endpoint has some and one of them names the caller's zone", () => {
  const hinted = (...zones: string[]): PlacePlan => ({ ...place("eu"), forZones: zones });
  const hints = { kind: "hints" } as const;
  assert.deepEqual(tiersAt(hints, [hinted("b"), hinted("a", "b"), hinted("c")]), [[1], [0, 2]]);
  assert.equal(localityGroups(backend(hints, [hinted("a"), place("eu/a")]), CALLER), undefined);
  assert.equal(localityGroups(backend(hints, [hinted("b"), hinted("c")]), CALLER), undefined);
  const placeless = localityGroups(backend(hints, [hinted("a"), hinted("b")]), place(""));
  assert.equal(placeless, undefined);
});

test("only endpoints on the caller's node are within reach where the service says so", () => {
  const on = (node: string): PlacePlan => ({ ...place("eu"), node });
  const given = {
    ...backend(undefined, [on("n1"), on("n2")]),
    policy: { isNodeLocal: true } as const,
  };
  assert.deepEqual(
    withinReach(given, on("n2")).endpoints.map(({ address }) => address),
    ["10.0.0.1"],
  );
  assert.deepEqual(withinReach(given, on("n3")).endpoints, []);
});

function tiers(locality: LocalityPlan, places: readonly string[]) {
  return tiersAt(locality, places.map(place));
}

function tiersAt(locality: LocalityPlan, places: readonly PlacePlan[]) {
  const found = localityGroups(backend(locality, places), CALLER);
  assert.equal(found?.kind, "tiers");
  return found?.groups.map(({ members }) => members);
}

function place(text: string): PlacePlan {
  const [region = "", zone = "", subzone = ""] = text.split("/");
  return { region, zone, subzone, node: "" };
}

function backend(
  locality: LocalityPlan | undefined,
  places: readonly PlacePlan[],
): EndpointsBackendPlan {
  const workload = { namespace: "shop", name: "a", serviceAccount: "", app: "a", version: "" };
  return {
    ...{ kind: "endpoints", namespace: "shop", service: "cart", subset: "", port: 80 },
    endpoints: places.map((each, i) => {
      return { speaks: "plaintext", workload, address: `10.0.0.${i}`, port: 80, place: each };
    }),
    ...(locality && { policy: { locality } }),
  };
}
