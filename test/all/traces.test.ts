// Traces of the bookshop, in a real OpenTelemetry collector: whole where applications forward what
// they were sent, and nobody's business when the collector is gone.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { CheckResult } from "#api/check-result.ts";
import { eventually } from "#local/testing/eventually.ts";
import { bookshopDocuments } from "../support/bookshop-documents.ts";
import { type CollectedSpan, CollectorProcess } from "../support/collector-process.ts";
import { documentOf } from "../support/echo-documents.ts";
import { freePort } from "../support/free-port.ts";
import { dependencyUrl } from "../support/mesh-processes.ts";
import { RunningMesh } from "../support/running-mesh.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER_SPAN = "00f067aa0ba902b7";
const WITHIN_MS = 20_000;

let mesh: RunningMesh;
let collector: CollectorProcess;
let reviews = "";

before(async () => {
  collector = CollectorProcess.install(freePort());
  await collector.start();
  mesh = await RunningMesh.start({
    documents: { ...bookshopDocuments(), "tracing.yaml": tracing({ percent: 0 }) },
  });
  reviews = `${dependencyUrl(mesh, "bookshop/web", "reviews")}/reviews/1`;
});

after(async () => {
  await mesh?.stop();
  await collector?.stop();
  collector?.remove();
});

test("a request that its caller traces is one trace through all that it passes", async () => {
  const headers = { traceparent: `00-${TRACE}-${CALLER_SPAN}-01` };
  await eventually(
    "a request that went on to ratings is there, whole",
    async () => {
      await fetch(reviews, { headers });
      return chainOf(TRACE) !== undefined;
    },
    WITHIN_MS,
  );
  const chain = chainOf(TRACE)!;
  assert.equal(chain[0]!.parentId, CALLER_SPAN);
  const told = chain.map(({ service, kind }) => `${service.replace(/-v\d$/, "")} ${kind}`);
  assert.deepEqual(told, ["web Client", "reviews Server", "reviews Client", "ratings Server"]);
  const [first] = chain;
  assert.equal(first!.name, "GET reviews.bookshop:9080");
  assert.equal(first!.attributes.get("url.path"), "/reviews/1");
  assert.equal(first!.attributes.get("http.response.status_code"), "200");
  assert.match(first!.attributes.get("weft.route") ?? "", /^HTTPRoute bookshop\/reviews 0$/);
});

test("B3 is a trace, too", async () => {
  const trace = "80f198ee56343ba864fe8b2a57d3eff7";
  await fetch(reviews, { headers: { b3: `${trace}-e457b5a2e4d86bd1-1` } });
  await eventually(
    "it is there",
    () =>
      collector.spans().some(({ traceId, parentId }) => {
        return traceId === trace && parentId === "e457b5a2e4d86bd1";
      }),
    WITHIN_MS,
  );
});

test("what nobody traces is traced by path, as a document says, without a restart", async () => {
  const before = collector.spans().length;
  for (let i = 0; i < 20; i++) await fetch(reviews);
  write(tracing({ percent: 0, paths: [{ prefix: "/reviews/2", percent: 100 }] }));
  await eventually(
    "a request of that path is traced from its beginning",
    async () => {
      await fetch(reviews.replace(/1$/, "2"));
      return collector
        .spans()
        .slice(before)
        .some(({ parentId }) => parentId === "");
    },
    WITHIN_MS,
  );
  const paths = collector
    .spans()
    .slice(before)
    .filter(({ service }) => service === "web")
    .map(({ attributes }) => attributes.get("url.path"));
  assert.deepEqual(new Set(paths), new Set(["/reviews/2"]));
});

test("a collector that is gone harms no request, is told, and gets what waited", async () => {
  await collector.stop();
  const id = "00000000000000000000000000c0ffee";
  const headers = { traceparent: `00-${id}-${CALLER_SPAN}-01` };
  for (let i = 0; i < 50; i++) assert.equal((await fetch(reviews, { headers })).status, 200);
  await eventually("the check tells of it", async () => {
    return /Cannot send traces to .*ECONNREFUSED/.test(await tracesCheck());
  });
  await collector.start();
  await eventually(
    "what waited is there",
    () => collector.spans().filter(({ traceId }) => traceId === id).length >= 100,
    45_000,
  );
  await eventually("the check is content", async () => (await tracesCheck()) === "");
});

// From the caller's sidecar to that of ratings, each the next one's parent.
function chainOf(trace: string): readonly CollectedSpan[] | undefined {
  const spans = collector.spans().filter(({ traceId }) => traceId === trace);
  const last = spans.find(({ service }) => service === "ratings");
  if (!last) return undefined;
  const chain = [last];
  for (let at: CollectedSpan | undefined = last; at; ) {
    const parent: string = at.parentId;
    at = spans.find(({ id }) => id === parent);
    if (at) chain.unshift(at);
  }
  return chain.length === 4 ? chain : undefined;
}

async function tracesCheck(): Promise<string> {
  const { categories } = await mesh.ask<CheckResult>(ADMIN_PATHS.check);
  const checks = categories.flatMap((category) => category.checks);
  return checks.find(({ name }) => name === "traces reach their collector")!.detail;
}

function write(document: string): void {
  writeFileSync(join(mesh.documents, "tracing.yaml"), document);
}

function tracing(settings: object): string {
  return documentOf("weft.dev/v1alpha1", "MeshConfig", {
    metadata: { name: "mesh" },
    spec: { tracing: { endpoint: collector.url, ...settings } },
  });
}
