import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import { LimitsInForce } from "#base/limits-in-force.ts";
import { BackendLimits } from "./backend-limits.ts";

test("a backend's connections have its own limits, and the proxy's for what it doesn't say", () => {
  const limits = new BackendLimits(new LimitsInForce());
  limits.adopt({ connectionsMax: 2, connectTimeoutMs: 200, idleTimeoutMs: 5_000 });
  const { current } = limits;
  assert.equal(current.http1ConnectionsPerEndpointMax, 2);
  assert.equal(current.meshConnectionsPerEndpointMax, 2);
  assert.equal(current.connectTimeoutMs, 200);
  assert.equal(current.upstreamIdleMs, 5_000);
  assert.equal(current.requestsWaitingPerEndpointMax, LIMITS.requestsWaitingPerEndpointMax);
  assert.equal(limits.current, current, "made once");
});

test("many connections allowed are no reason for more of them between proxies", () => {
  const limits = new BackendLimits(new LimitsInForce());
  limits.adopt({ connectionsMax: 100 });
  const { meshConnectionsPerEndpointMax } = limits.current;
  assert.equal(meshConnectionsPerEndpointMax, LIMITS.meshConnectionsPerEndpointMax);
});

test("a change of the proxy's limits, or of the document, holds at once", () => {
  const base = new LimitsInForce();
  const limits = new BackendLimits(base);
  limits.adopt({ pendingMax: 7 });
  base.replace([["connectionLifeMs", 5_000]]);
  assert.equal(limits.current.connectionLifeMs, 5_000);
  assert.equal(limits.current.requestsWaitingPerEndpointMax, 7);
  limits.adopt({ requestsPerConnectionMax: 3 });
  const { requestsWaitingPerEndpointMax } = limits.current;
  assert.equal(requestsWaitingPerEndpointMax, LIMITS.requestsWaitingPerEndpointMax);
  assert.equal(limits.exchangesPerConnectionMax, 3);
});

test("what no pool could live with is brought within the settable range", () => {
  const limits = new BackendLimits(new LimitsInForce());
  limits.adopt({ connectionsMax: 2_147_483_647, connectTimeoutMs: 1 });
  assert.equal(limits.current.http1ConnectionsPerEndpointMax, 65_536);
  assert.equal(limits.current.connectTimeoutMs, 10);
});
