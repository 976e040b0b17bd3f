// `weft explain ID`: what a proxy did with a request, asked from the control plane afterwards.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { PastExplanation } from "#api/past-explanation.ts";
import { adminBackend } from "#control/plane/admin-backend.ts";
import type { ControlPlane } from "#control/plane/control-plane.ts";
import { pastText } from "#insight/past-text.ts";
import { eventually } from "#local/testing/eventually.ts";
import { httpRoute, trafficMesh, virtualService } from "./support/traffic-mesh.ts";

const RETRIES = "      retries: { attempts: 2, retryOn: 5xx, backoff: 5ms }";

test("the id of an answer finds its request, with the tries that came to nothing", async (t) => {
  const { url, control } = await trafficMesh(t, {
    route: virtualService(RETRIES),
    answer: (_, response, count) => {
      response.statusCode = count === 1 ? 503 : 200;
      response.end();
    },
  });
  const answer = await fetch(`${url}/books?token=secret`);
  const { hops } = await past(control, answer);
  const [hop] = hops;
  assert.equal(hops.length, 1);
  assert.equal(hop?.proxy, "shop/caller");
  assert.deepEqual([hop?.method, hop?.path], ["GET", "/books"]);
  assert.deepEqual([hop?.status, hop?.cause, hop?.agrees], [200, null, true]);
  assert.deepEqual(
    hop?.tries.map(({ outcome, workload }) => [outcome, workload]),
    [
      ["503", "shop/echo"],
      ["200", "shop/echo"],
    ],
  );
  assert.equal(hop?.decision?.rules[0]?.name, "VirtualService shop/echo");
  assert.equal(hop?.decision?.backends[0]?.isChosen, true);
});

test("it is told as a colleague would, with rules, gates and tries", async (t) => {
  const { url, control } = await trafficMesh(t, {
    route: virtualService(""),
    answer: (_, response) => response.end(),
  });
  const text = pastText(await past(control, await fetch(`${url}/books`)));
  assert.match(text, /shop\/caller sent GET \/books to echo\.shop:8080; the answer was 200 after/);
  assert.match(text, /\+ VirtualService shop\/echo rule 0 \(route\.yaml:\d+\) takes it/);
  assert.match(text, /\+ load shedding: the proxy takes work/);
  assert.match(text, /\+ to shop\/echo at [\d.:]+ after [\d.]+ ms: 200 after/);
});

test("a request that the proxy answered itself is found, too, with its cause", async (t) => {
  const rule = "      matches: [{ path: { type: Exact, value: /books } }]";
  const { caller, control } = await trafficMesh(t, {
    route: httpRoute(rule),
    answer: (_, response) => response.end(),
  });
  const noRoute = await fetch(`${caller.url("echo:8080")}/other`);
  const [hop] = (await past(control, noRoute)).hops;
  assert.deepEqual([hop?.status, hop?.cause, hop?.tries], [404, "no-route", []]);
  assert.equal(hop?.decision?.outcome.kind, "answer");
  const text = pastText(await past(control, noRoute));
  assert.match(text, /The proxy answered by itself: No rule for .* matches\./);
  const unknown = await fetch(`${caller.url("nobody:80")}/`);
  const [other] = (await past(control, unknown)).hops;
  assert.deepEqual([other?.cause, other?.decision], ["destination-unknown", null]);
});

test("a request is explained by the plan that decided, also after it was replaced", async (t) => {
  const { url, control } = await trafficMesh(t, {
    route: virtualService("      timeout: 7s"),
    answer: (_, response) => response.end(),
  });
  const answer = await fetch(url);
  const before = await past(control, answer);
  control.reports.requests.plans.noteSnapshot({ revision: 9_999, outbound: new Map() });
  const after = await past(control, answer);
  assert.deepEqual(after, before);
  assert.equal(after.hops[0]?.decision?.traffic?.requestTimeoutMs, 7_000);
});

test("an application that says its own x-request-id is not contradicted", async (t) => {
  const { url } = await trafficMesh(t, {
    route: virtualService(""),
    answer: (_, response) => {
      response.setHeader("x-request-id", "mine");
      response.end();
    },
  });
  assert.equal((await fetch(url)).headers.get("x-request-id"), "mine");
});

test("an id that nobody recorded is told as such", async (t) => {
  const { control } = await trafficMesh(t, {
    route: virtualService(""),
    answer: (_, response) => response.end(),
  });
  const answer = await adminBackend(control).explainPast("made-up");
  assert.equal(answer.kind === "error" && answer.error.code, "not-found");
});

test("what a caller's proxy finds of an endpoint shows in a hypothetical explanation", async (t) => {
  const { url, control } = await trafficMesh(t, {
    route: virtualService(""),
    answer: (_, response) => response.end(),
  });
  await fetch(url);
  const find = async () => {
    const asked = { from: "shop/caller", to: "echo.shop:8080" };
    const answer = await adminBackend(control).explain(asked);
    assert.ok(answer.kind === "ok" && answer.value.kind === "explained");
    const target = answer.value.backends[0]?.target;
    assert.ok(target?.kind === "service");
    return target.members[0]?.views?.[0];
  };
  await eventually("its view is told", async () => (await find()) !== undefined);
  const view = await find();
  assert.equal(view?.seenBy, "shop/caller");
  assert.ok(view.latencyMs > 0);
});

async function past(control: ControlPlane, answer: Response): Promise<PastExplanation> {
  const id = answer.headers.get("x-request-id") ?? "";
  if (!answer.bodyUsed) await answer.arrayBuffer();
  const find = () => adminBackend(control).explainPast(id);
  await eventually("the request is told", async () => (await find()).kind === "ok");
  const found = await find();
  assert.equal(found.kind, "ok");
  return found.value;
}
