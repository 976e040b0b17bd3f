import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { ReportedSpan } from "#snapshot/reported-span.ts";
import { ForwardingCounts } from "./forwarding-counts.ts";
import { spanOf } from "./span-fixture.ts";

const POD = { namespace: "bookshop", workload: "web-5d9c8-x7k2p" };
const NONE = { requests: 0, forwarded: 0, begun: 0, foreign: 0, own: 0 };

test("spans are counted by workload and by the service that it asked", () => {
  const { counts } = newCounts();
  const toReviews = (context: ReportedSpan["context"], parentId = "") =>
    spanOf(1, { ...(context && { context }), parentId });
  counts.note(POD, [
    toReviews("forwarded", "00f067aa0ba902b7"),
    ...[toReviews("dropped"), toReviews("dropped")],
    toReviews("dropped", "00f067aa0ba902b7"),
    toReviews("own"),
    toReviews(undefined), // of an older proxy
    spanOf(1, { kind: "server" }),
    spanOf(1, { service: "", context: "dropped" }), // nobody's
  ]);
  counts.note({ ...POD, workload: "web-5d9c8-aaaaa" }, [
    spanOf(1, { service: "auth.bookshop:80", context: "own" }),
  ]);
  const name = { namespace: "bookshop", workload: "web" };
  assert.deepEqual(counts.byWorkload, [
    [
      { ...NONE, ...name, service: "", requests: 1 },
      { ...NONE, ...name, service: "auth.bookshop:80", requests: 1, own: 1 },
      {
        ...{ ...name, service: "reviews.bookshop:9080" },
        ...{ requests: 5, forwarded: 1, begun: 2, foreign: 1, own: 1 },
      },
    ],
  ]);
});

test("they are told of one to two lengths, then forgotten", () => {
  const { counts, clock } = newCounts();
  const requests = () => counts.byWorkload[0]?.[0]?.requests ?? 0;
  const dropped = [spanOf(1, { context: "dropped" })];
  counts.note(POD, dropped);
  clock.advance(LIMITS.forwardingKeptMs);
  counts.note(POD, dropped);
  assert.equal(requests(), 2);
  assert.equal(counts.windowMs, LIMITS.forwardingKeptMs);
  clock.advance(LIMITS.forwardingKeptMs);
  assert.equal(requests(), 1);
  clock.advance(2 * LIMITS.forwardingKeptMs);
  assert.equal(requests(), 0);
  assert.equal(counts.windowMs, 0);
});

test("what is no span, and what is beyond the limit, counts nothing", () => {
  const { counts } = newCounts();
  counts.note(POD, "spans");
  counts.note(POD, [null, spanOf(1, { context: "lost" as "own" }), spanOf(1, { traceId: "x" })]);
  assert.equal(counts.byWorkload.length, 0);
  for (let i = 0; i < LIMITS.forwardingEdgesMax + 5; i++) {
    counts.note(POD, [spanOf(i, { service: `s${i}`, context: "own" })]);
  }
  assert.equal(counts.byWorkload[0]!.length, LIMITS.forwardingEdgesMax);
});

function newCounts() {
  const clock = new FakeClock();
  const nameOf = (_: string, pod: string) => pod.split("-")[0]!;
  return { clock, counts: new ForwardingCounts(clock, nameOf) };
}
