import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import { LIMITS } from "#base/limits.ts";
import { seededRandom } from "#base/random.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import type { TracingPlan } from "#snapshot/tracing-plan.ts";
import type { AccessEntry } from "./access-entry.ts";
import { callKey } from "./telemetry-fixture.ts";
import { Tracer } from "./tracer.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";
const TAGS = [
  { name: "team", value: "books" },
  { name: "user", header: "x-user", value: "nobody" },
  { name: "tenant", header: "x-tenant", value: "none" },
  { name: "reason", header: "x-reason" },
];

test("a caller's word decides, and our span stands between it and who answers", () => {
  const tracer = newTracer({ percent: 0 });
  const head = enter(tracer, ["traceparent", `00-${TRACE}-${SPAN}-01`, "accept", "*/*"]);
  const span = tracer.entered!;
  assert.deepEqual([span.traceId, span.parentId], [TRACE, SPAN]);
  assert.match(span.spanId, /^[0-9a-f]{16}$/);
  const told = ["traceparent", `00-${TRACE}-${span.spanId}-01`];
  assert.deepEqual(head, [...told, "accept", "*/*"]);
  assert.equal(tracer.isSampled, true);
  const twice = ["traceparent", "a", "accept", "*/*", "traceparent", "b", "traceparent", "c"];
  assert.match(enter(tracer, twice).join(), /^traceparent,00-[-0-9a-f]{50}00,accept,\*\/\*$/);
  assert.equal(tracer.isSampled, false);

  const untraced = ["traceparent", `00-${TRACE}-${SPAN}-00`];
  const always = newTracer({ percent: 100 });
  assert.deepEqual(enter(always, untraced), untraced, "left as it is");
  assert.equal(always.entered, undefined);
});

test("what nobody has decided on is drawn by path, then by rate, and bears its decision on", () => {
  const tracer = newTracer({ percent: 25, paths: [{ prefix: "/orders", percent: 100 }] });
  let traced = 0;
  for (let i = 0; i < 2000; i++) {
    const [name, value] = enter(tracer, []);
    assert.equal(name, "traceparent");
    const isTraced = tracer.entered !== undefined;
    assert.match(value!, isTraced ? /-01$/ : /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    if (isTraced) traced++;
  }
  assert.ok(traced > 400 && traced < 600, `${traced} of 2000`);
  for (let i = 0; i < 50; i++) {
    enter(tracer, [], "/orders/1");
    assert.equal(tracer.entered!.parentId, "", "the first span of its trace");
  }
});

test("a request that was drawn for is not drawn again, and is left alone where it lost", () => {
  const tracer = newTracer({ percent: 25 });
  let traced = 0;
  for (let i = 0; i < 2000; i++) {
    const headers = ["accept", "*/*"];
    const isDrawn = tracer.isDrawn(headers, "/", false);
    const entered = tracer.enter(headOf(headers, "/"), false, { isServing: false });
    assert.equal(tracer.entered !== undefined, isDrawn);
    if (isDrawn) traced++;
    else assert.equal(entered.headers, headers);
  }
  assert.ok(traced > 400 && traced < 600, `${traced} of 2000`);
});

test("B3 is understood in either form, and passed on in its own words besides W3C's", () => {
  const tracer = newTracer({ percent: 0 });
  const single = enter(tracer, ["b3", `${TRACE}-${SPAN}-1-${SPAN}`]);
  const { spanId } = tracer.entered!;
  assert.deepEqual(single, [
    ...["b3", `${TRACE}-${spanId}-1`],
    ...["traceparent", `00-${TRACE}-${spanId}-01`],
  ]);
  const short = TRACE.slice(16);
  const several = enter(tracer, [
    ...["x-b3-traceid", short, "x-b3-spanid", SPAN.toUpperCase()],
    ...["x-b3-parentspanid", SPAN, "x-b3-sampled", "1"],
  ]);
  const second = tracer.entered!;
  assert.deepEqual([second.traceId, second.parentId], [`${"0".repeat(16)}${short}`, SPAN]);
  assert.deepEqual(several, [
    ...["x-b3-traceid", short, "x-b3-spanid", second.spanId],
    ...["x-b3-parentspanid", SPAN, "x-b3-sampled", "1"],
    ...["traceparent", `00-${second.traceId}-${second.spanId}-01`],
  ]);
  enter(newTracer({ percent: 100 }), ["b3", "0"]);
  const never = newTracer({ percent: 100 });
  enter(never, ["b3", "0"]);
  assert.equal(never.entered, undefined);
  const debug = newTracer({ percent: 0 });
  enter(debug, ["x-b3-traceid", TRACE, "x-b3-spanid", SPAN, "x-b3-flags", "1"]);
  assert.equal(debug.entered!.traceId, TRACE);
});

test("each side has its share and its tags, and one that is silent decides without a span", () => {
  const served = { percent: 100, paths: [], tags: TAGS };
  const tracer = newTracer({ percent: 100, isSilent: true, served });
  const asked = tracer.enter(headOf([], "/"), false, { isServing: false });
  assert.equal(tracer.entered, undefined);
  assert.match(asked.headers[1]!, /-01$/, "the next one has a span of it");
  const sent = ["traceparent", `00-${TRACE}-${SPAN}-01`];
  const b3 = ["x-b3-traceid", TRACE, "x-b3-spanid", SPAN, "x-b3-parentspanid", "a".repeat(16)];
  for (const headers of [sent, [...b3, "x-b3-sampled", "1", ...sent]]) {
    const { headers: kept } = tracer.enter(headOf(headers, "/"), false, { isServing: false });
    assert.deepEqual(kept, headers, "left as it is");
  }
  tracer.enter(headOf([...sent, "x-user", "me"], "/"), true, { isServing: false });
  tracer.end(tracer.entered!, { ...entryOf(0), head: headOf(["x-user", "me"], "/") });
  const [span] = tracer.take().spans;
  assert.deepEqual(span!.tags, [
    ["team", "books"],
    ["user", "me"],
    ["tenant", "none"],
  ]);
});

test("a context that means nothing begins a new trace", () => {
  for (const value of [
    "",
    "00",
    `00-${TRACE}-${SPAN}`,
    `00-${"0".repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${"0".repeat(16)}-01`,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE}x-${SPAN}-01`,
  ]) {
    const tracer = newTracer({ percent: 100 });
    const head = enter(tracer, ["traceparent", value]);
    assert.equal(tracer.entered!.parentId, "", value);
    assert.notEqual(tracer.entered!.traceId, TRACE, value);
    assert.equal(head.length, 2, "one, not two");
  }
});

test("a caller's span says what its application made of the traces that it was sent", () => {
  const tracer = newTracer({ percent: 100 });
  const contextOf = (headers: readonly string[], isServing: boolean) => {
    tracer.enter(headOf(headers, "/"), false, { isServing });
    tracer.end(tracer.entered!, { ...entryOf(0), key: { ...callKey(), reporter: "source" } });
    return tracer.take().spans[0]!.context;
  };
  const sent = ["traceparent", `00-${TRACE}-${SPAN}-01`];
  assert.equal(contextOf(sent, true), "dropped", "of a trace that nobody sent");
  enter(tracer, sent);
  assert.equal(tracer.entered!.context, undefined, "the other side's says nothing of it");
  assert.equal(contextOf(sent, true), "forwarded");
  assert.equal(contextOf(["b3", `${TRACE}-${SPAN}-1`], false), "forwarded", "later, too");
  assert.equal(contextOf([], true), "dropped");
  assert.equal(contextOf([], false), "own");
});

test("spans beyond the limit are counted, not kept", () => {
  const tracer = newTracer({ percent: 100 });
  for (let i = 0; i < LIMITS.spansToldMax + 7; i++) {
    enter(tracer, []);
    tracer.end(tracer.entered!, entryOf(i));
  }
  const { spans, lost } = tracer.take();
  assert.equal(spans.length, LIMITS.spansToldMax);
  assert.equal(lost, 7);
  assert.deepEqual(spans[0] && { ...spans[0], traceId: "", spanId: "" }, {
    ...{ traceId: "", spanId: "", parentId: "", kind: "server" },
    ...{ startMs: Date.UTC(2026, 0, 1), durationMs: 12, method: "GET", path: "/books/0" },
    ...{ authority: "reviews:9080", status: 200, grpcStatus: "", cause: "", requestId: "" },
    ...{ service: "reviews.bookshop:9080", peer: "bookshop/web", route: "default 0" },
    ...{ backend: "reviews", endpoint: "127.0.0.1:80", attempts: 1 },
  });
  assert.deepEqual(tracer.take(), { spans: [], lost: 0 });
});

test("a span whose texts find no room is counted, and harms none before it", () => {
  const tracer = newTracer({ percent: 100, tags: TAGS });
  const long = "x".repeat(2 * LIMITS.reportTextMax);
  const head = headOf(["x-request-id", long, "x-user", "me"], `/${long}`);
  for (let i = 0; i < LIMITS.spansToldMax; i++) {
    enter(tracer, []);
    tracer.end(tracer.entered!, { ...entryOf(i), head });
  }
  assert.equal(tracer.isHalfFull, true);
  const { spans, lost } = tracer.take();
  assert.ok(lost > 0 && spans.length > 50, `${spans.length} told, ${lost} lost`);
  assert.equal(spans.length + lost, LIMITS.spansToldMax);
  const { path, requestId, tags } = spans.at(-1)!;
  assert.equal(path, `/${long}`.slice(0, LIMITS.reportTextMax));
  assert.equal(requestId, long.slice(0, LIMITS.reportTextMax));
  assert.deepEqual(tags?.[1], ["user", "me"]);
  enter(tracer, []);
  tracer.end(tracer.entered!, entryOf(7));
  assert.equal(tracer.take().spans[0]!.path, "/books/7", "there is room again");
});

function newTracer(plan: Partial<TracingPlan>): Tracer {
  const tracer = new Tracer(new FakeClock(), seededRandom(3));
  tracer.obey({ percent: 1, paths: [], ...plan });
  return tracer;
}

function enter(tracer: Tracer, headers: readonly string[], path = "/books"): readonly string[] {
  return tracer.enter(headOf(headers, path), true, { isServing: false }).headers;
}

function headOf(headers: readonly string[], path: string): RequestHead {
  const authority = "reviews:9080";
  return { method: "GET", scheme: "http", authority, path, headers, contentLength: 0 };
}

function entryOf(i: number): AccessEntry {
  return {
    ...{ head: headOf([], `/books/${i}?token=secret`), key: callKey(), startedMs: 0 },
    ...{ durationMs: 12, firstByteMs: 3, status: 200, grpcStatus: "", cause: "" },
    ...{ bytesReceived: 0, bytesSent: 0, endpoint: "127.0.0.1:80", attempts: 1 },
    isUntraced: false,
  };
}
