// A mesh of many proxies reports seldom while nobody looks, and who looks sees all the same.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { LIMITS } from "#base/limits.ts";
import { adminBackend } from "#control/plane/admin-backend.ts";
import { eventually } from "#local/testing/eventually.ts";
import { trafficMesh, virtualService } from "../support/traffic-mesh.ts";

const QUIET_MS = 4_000;

test("a request that a large, unwatched mesh has not told of yet is found when asked for", async (t) => {
  const { url, control } = await trafficMesh(t, {
    route: virtualService(""),
    answer: (_, response) => response.end(),
  });
  const { pace, requests } = control.reports;
  for (let i = 0; i < LIMITS.reportSeldomAboveProxies; i++) pace.greet({ pace: () => {} });
  await eventually("reports are seldom", () => pace.isSeldom, LIMITS.reportWatchedMs + QUIET_MS);
  await wait(QUIET_MS / 2);
  const id = (await fetch(url)).headers.get("x-request-id") ?? "";
  await wait(QUIET_MS);
  assert.deepEqual(requests.find(id), []);

  const answer = await adminBackend(control).explainPast(id);
  assert.equal(answer.kind === "ok" && answer.value.hops.length, 1);
  assert.equal(pace.isSeldom, false);
});
