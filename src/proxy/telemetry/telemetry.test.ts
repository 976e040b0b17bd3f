import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import { LIMITS } from "#base/limits.ts";
import { LATENCY_BOUNDS_MS } from "#snapshot/latency.ts";
import { OVERFLOW_ROUTE } from "./telemetry.ts";
import { callKey, sampleOf, startTelemetry } from "./telemetry-fixture.ts";

test("however many answers there are between two looks, each is in its histogram", () => {
  const telemetry = startTelemetry();
  const series = [callKey(), callKey({ route: "other" })].map((key) => telemetry.series(key));
  for (const answers of [1, 31, 32, 33, 100]) {
    for (let i = 0; i < answers; i++) {
      for (const [at, each] of series.entries()) {
        each.began();
        each.ended(i % 3 === 0 ? 503 : 200, "", 12, 1 + 2 * at, 1, 2);
      }
    }
    const told = telemetry.takeReport().series;
    for (const [at, { latency, responseBytes }] of told.entries()) {
      assert.deepEqual(latency, [[LATENCY_BOUNDS_MS.indexOf(1 + 2 * at), answers]]);
      assert.equal(responseBytes, 2 * answers);
    }
    assert.equal(told.length, 2);
  }
});

test("a report tells exactly what ended since the last one", () => {
  const telemetry = startTelemetry();
  const series = telemetry.series(callKey());
  for (let i = 0; i < 6; i++) series.began();
  series.ended(200, "", 12, 3, 100, 1000);
  series.ended(200, "", 12, 3, 100, 1000);
  series.ended(404, "no-route", 1, 1, 0, 10);
  series.ended(503, "no-endpoint", 1, 1, 0, 10);
  series.retried();
  const [first] = telemetry.takeReport().series;
  assert.deepEqual(first, {
    key: callKey(),
    successes: 3,
    failures: 1,
    statuses: [
      [200, 2],
      [404, 1],
      [503, 1],
    ],
    causes: [
      ["no-route", 1],
      ["no-endpoint", 1],
    ],
    retries: 1,
    latency: [
      [LATENCY_BOUNDS_MS.indexOf(1), 2],
      [LATENCY_BOUNDS_MS.indexOf(3), 2],
    ],
    requestBytes: 200,
    responseBytes: 2020,
    inFlight: 1,
  });

  series.ended(200, "", 5, 5, 7, 9);
  const [second] = telemetry.takeReport().series;
  assert.equal(second!.successes, 1);
  assert.deepEqual(second!.statuses, [[200, 1]]);
  assert.deepEqual(second!.latency, [[LATENCY_BOUNDS_MS.indexOf(5), 1]]);
  assert.equal(second!.inFlight, 0);
  assert.deepEqual(telemetry.takeReport(), { series: [], lost: 0 });
});

test("what is only in flight is told in every report", () => {
  const telemetry = startTelemetry();
  telemetry.series(callKey()).began();
  for (let i = 0; i < 3; i++) assert.equal(telemetry.takeReport().series[0]!.inFlight, 1);
});

test("two takers of one key count together", () => {
  const telemetry = startTelemetry();
  telemetry.series(callKey()).began();
  const other = telemetry.series({ ...callKey() });
  other.began();
  assert.equal(other.inFlight, 2);
});

test("a full table counts the rest under one route, and how many keys found it full", () => {
  const telemetry = startTelemetry();
  const all = Array.from({ length: LIMITS.seriesMax + 3 }, (_, i) =>
    telemetry.series(callKey({ sourceWorkload: `w${i}` })),
  );
  for (const series of all) {
    series.began();
    series.ended(200, "", 1, 1, 0, 0);
  }
  const { series, lost } = telemetry.takeReport();
  assert.equal(lost, 3);
  assert.equal(series.length, LIMITS.seriesMax + 1);
  const overflow = series.find(({ key }) => key.route === OVERFLOW_ROUTE);
  assert.equal(overflow!.successes, 3);
  assert.equal(overflow!.key.destinationWorkload, "reviews-v1");
  assert.equal(telemetry.takeReport().lost, 0, "told once");
  assert.equal(sampleOf(telemetry.render(), "weft_series_lost_total"), 3);
});

test("an idle series leaves the table once a report has told its counts, and may return", () => {
  const clock = new FakeClock();
  const telemetry = startTelemetry(clock);
  const series = telemetry.series(callKey());
  series.began();
  series.retried();
  series.began();
  series.ended(503, "no-endpoint", 1, 1, 0, 0);
  clock.advance(LIMITS.seriesIdleMs * 2);
  assert.equal(telemetry.takeReport().series[0]!.failures, 1, "not lost, however late");
  clock.advance(LIMITS.seriesIdleMs);
  telemetry.takeReport();
  const text = telemetry.render();
  assert.doesNotMatch(text, /istio_requests_total\{/);
  assert.equal(sampleOf(text, 'weft_answers_total{cause="no-endpoint"}'), 1, "never goes back");
  assert.equal(sampleOf(text, "weft_retries_total"), 1);

  series.began();
  series.ended(200, "", 1, 1, 0, 0);
  assert.equal(telemetry.takeReport().series[0]!.successes, 1);
});

test("a request that lasts keeps its series in the table", () => {
  const clock = new FakeClock();
  const telemetry = startTelemetry(clock);
  const series = telemetry.series(callKey());
  series.began();
  for (let i = 0; i < 5; i++) {
    clock.advance(LIMITS.seriesIdleMs);
    telemetry.takeReport();
  }
  series.ended(200, "", 1, 1, 0, 0);
  assert.equal(telemetry.takeReport().series[0]!.successes, 1);
});

test("a peer that answers with every status there is gets a bounded number of outcomes", () => {
  const telemetry = startTelemetry();
  const series = telemetry.series(callKey());
  for (let status = 200; status < 900; status++) {
    series.began();
    series.ended(status, "", 1, 1, 0, 0);
  }
  const [delta] = telemetry.takeReport().series;
  assert.equal(delta!.statuses.length, LIMITS.outcomesPerSeriesMax);
  assert.deepEqual(delta!.statuses.at(-1), [0, 700 - LIMITS.outcomesPerSeriesMax + 1]);
  assert.equal(delta!.successes, 300);
  assert.equal(delta!.failures, 400);
});
