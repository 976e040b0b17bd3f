import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { FakeClock } from "#base/fake-clock.ts";
import { LIMITS } from "#base/limits.ts";
import { silentLog } from "#base/log.ts";
import { WEB } from "#control/reports/report-fixture.ts";
import { type Posted, SpanExporter } from "./span-exporter.ts";
import { spanOf } from "./span-fixture.ts";

const OK: Posted = { kind: "answered", status: 200, retryAfterMs: undefined };

test("spans are sent as OTLP, with whose they are", async () => {
  const { exporter, clock, posts } = newExporter();
  exporter.note(WEB, [spanOf(1, { status: 503, cause: "no-endpoint" })], undefined);
  clock.advance(LIMITS.spansSentEveryMs);
  await turn();
  const [{ url, body }] = posts as [{ url: string; body: string }];
  assert.equal(url, "http://collector:4318/v1/traces");
  const { resourceSpans } = JSON.parse(body);
  const attributes = resourceSpans[0].resource.attributes;
  assert.deepEqual(attributes[0], { key: "service.name", value: { stringValue: "web" } });
  const [span] = resourceSpans[0].scopeSpans[0].spans;
  assert.equal(span.traceId, "1".padStart(32, "0"));
  assert.equal(span.parentSpanId, undefined);
  assert.equal(span.kind, 3);
  assert.equal(span.startTimeUnixNano, "1500000000000000000");
  assert.equal(span.endTimeUnixNano, "1500000000012500000");
  assert.deepEqual(span.status, { code: 2, message: "no-endpoint" });
  assert.equal(exporter.sent, 1);
});

test("tags of documents are attributes, each name once", async () => {
  const { exporter, clock, posts } = newExporter();
  const tags = [
    ["team", "books"],
    ["url.path", "/hidden"],
  ] as const;
  exporter.note(WEB, [spanOf(1, { tags })], undefined);
  clock.advance(LIMITS.spansSentEveryMs);
  await turn();
  const { attributes } = JSON.parse(posts[0]!.body).resourceSpans[0].scopeSpans[0].spans[0];
  const valuesOf = (name: string) =>
    attributes.filter(({ key }: { key: string }) => key === name).map(stringOf);
  assert.deepEqual([valuesOf("team"), valuesOf("url.path")], [["books"], ["/hidden"]]);
});

test("a collector that is away is asked again, later and later, and nothing is lost", async () => {
  const { exporter, clock, posts, answers } = newExporter();
  answers.push({ kind: "failed", reason: "ECONNREFUSED" });
  answers.push({ kind: "answered", status: 503, retryAfterMs: 9_000 });
  exporter.note(WEB, [spanOf(1)], undefined);
  clock.advance(LIMITS.spansSentEveryMs);
  await turn();
  assert.match(exporter.trouble!, /^Cannot send traces to http:\/\/collector:4318: ECONNREFUSED/);
  clock.advance(LIMITS.spansSentEveryMs);
  await turn();
  assert.equal(posts.length, 2);
  clock.advance(8_900);
  await turn();
  assert.equal(posts.length, 2, "as Retry-After asks");
  clock.advance(200);
  await turn();
  assert.equal(posts.length, 3);
  assert.equal(exporter.trouble, undefined);
  assert.deepEqual([exporter.sent, exporter.dropped], [1, 0]);
});

test("one that doesn't want them gets no second try, and that is said", async () => {
  const { exporter, clock, answers } = newExporter();
  answers.push({ kind: "answered", status: 404, retryAfterMs: undefined });
  exporter.note(WEB, [spanOf(1)], undefined);
  clock.advance(LIMITS.spansSentEveryMs);
  await turn();
  assert.match(exporter.trouble!, /it answers 404\. They are dropped/);
  assert.deepEqual([exporter.sent, exporter.dropped], [0, 1]);
});

test("while it is away only so many wait; the rest is counted", async () => {
  const { exporter, clock, answers } = newExporter();
  for (let i = 0; i < 3; i++) answers.push({ kind: "failed", reason: "timeout" });
  const batch = Array.from({ length: LIMITS.spansToldMax }, (_, i) => spanOf(i));
  const rounds = LIMITS.spansQueuedMax / LIMITS.spansToldMax;
  for (let i = 0; i < rounds + 2; i++) exporter.note(WEB, batch, i === 0 ? 5 : undefined);
  assert.equal(exporter.dropped, 2 * LIMITS.spansToldMax + 5);
  for (let i = 0; i < 60; i++) {
    clock.advance(1000);
    await turn();
  }
  for (let i = 0; i < 40; i++) await turn();
  assert.equal(exporter.sent, LIMITS.spansQueuedMax);
});

test("where nobody says where to, nothing is kept", () => {
  const { exporter } = newExporter(null);
  exporter.note(WEB, [spanOf(1)], undefined);
  assert.deepEqual([exporter.sent, exporter.dropped], [0, 1]);
});

test("what is no span is not sent", () => {
  const { exporter } = newExporter();
  const wrong = [
    null,
    "span",
    spanOf(1, { traceId: "x" }),
    spanOf(1, { kind: "other" as "client" }),
    spanOf(1, { path: "x".repeat(LIMITS.reportTextMax + 1) }),
    spanOf(1, { durationMs: -1 }),
    spanOf(1, { tags: [["name"]] as unknown as [] }),
  ];
  exporter.note(WEB, wrong, "many");
  exporter.note(WEB, { length: 1 }, Number.NaN);
  assert.equal(exporter.dropped, wrong.length);
});

function stringOf({ value }: { readonly value: { readonly stringValue: string } }): string {
  return value.stringValue;
}

function newExporter(endpoint: string | null = "http://collector:4318") {
  const clock = new FakeClock();
  const posts: { readonly url: string; readonly body: string }[] = [];
  const answers: Posted[] = [];
  const exporter = new SpanExporter({
    ...{ clock, log: silentLog, version: "0" },
    endpoint: () => endpoint ?? undefined,
    post: (url, body) => {
      posts.push({ url, body });
      return Promise.resolve(answers.shift() ?? OK);
    },
  });
  return { clock, posts, answers, exporter };
}
