import assert from "node:assert/strict";
import { test } from "node:test";
import type { PortedPolicy } from "#ir/destination-policy.ts";
import { buildCatalog } from "./catalog.ts";
import { destinationPolicy } from "./destination-policy.ts";
import { rulesInForce } from "./destination-rules.ts";
import { sampleModel, sampleService, sampleSubsets } from "./sample-model.ts";

const RANDOM = { balancer: { kind: "random" } } as const;
const IN_TURN = { balancer: { kind: "round-robin" } } as const;
const FEW = { connections: { connectionsMax: 1 } } as const;
const MANY = { connections: { connectionsMax: 100 } } as const;

test("a subset's part wins over the service's, and what it leaves out holds on", () => {
  assert.deepEqual(policyFor({ ...RANDOM, ...FEW }, { ...IN_TURN }), { ...IN_TURN, ...FEW });
  assert.deepEqual(policyFor({ ...FEW }, undefined), FEW);
});

test("a port's own policy is used instead, as a whole", () => {
  const service = { ...RANDOM, ...FEW, ports: [{ port: 9080, policy: MANY }] };
  assert.deepEqual(policyFor(service, undefined), MANY);
  assert.deepEqual(policyFor(service, undefined, 80), { ...RANDOM, ...FEW });
});

test("a subset's policy for the port wins over the service's for the port", () => {
  const service = { ports: [{ port: 9080, policy: { ...RANDOM, ...MANY } }] };
  const subset = { ...FEW, ports: [{ port: 9080, policy: IN_TURN }] };
  assert.deepEqual(policyFor(service, subset), { ...IN_TURN, ...MANY });
});

test("without a policy there is none, and a sticky service goes by who asks", () => {
  assert.equal(policyFor(undefined, undefined), undefined);
  const sticky = policyFor(FEW, undefined, 9080, true);
  assert.equal(sticky?.balancer?.kind, "hash");
  assert.equal(sticky?.connections?.connectionsMax, 1);
  assert.deepEqual(policyFor(RANDOM, undefined, 9080, true), RANDOM, "a document says otherwise");
});

function policyFor(
  policy: PortedPolicy | undefined,
  ofSubset: PortedPolicy | undefined,
  port = 9080,
  isSticky = false,
) {
  const service = { ...sampleService("reviews"), ...(isSticky && { isSticky }) };
  const rule = { ...sampleSubsets("reviews", ["v1"]), ...(policy && { policy }) };
  const [subset] = rule.subsets;
  const model = sampleModel({ services: [service], subsets: [rule] });
  const own = { ...subset!, ...(ofSubset && { policy: ofSubset }) };
  const catalog = buildCatalog(model, []);
  const rules = rulesInForce(catalog, service, undefined);
  return destinationPolicy(catalog, rules, service, port, own).policy;
}
