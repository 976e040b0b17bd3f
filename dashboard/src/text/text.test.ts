import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesText } from "./bytes-text.ts";
import { coreShareText } from "./core-share-text.ts";
import { countText } from "./count-text.ts";
import { durationText } from "./duration-text.ts";
import { latencyText } from "./latency-text.ts";
import { rateText } from "./rate-text.ts";
import { shareText } from "./share-text.ts";
import { shorten } from "./shorten.ts";

test("a rate keeps one decimal while it is small, and none of it is shown as nothing", () => {
  const rates = [0, 0.01, 0.05, 4.21, 9.96, 412.4, 9999, 12_345];
  assert.deepEqual(rates.map(rateText), ["0", "<0.1", "0.1", "4.2", "10", "412", "9999", "12.3k"]);
});

test("a share reaches 0% and 100% only when it is that", () => {
  const shares = [0, 0.000_001, 0.5, 0.9898, 0.9998, 0.999_999_9, 1, null];
  const texts = ["0%", "<0.1%", "50.0%", "98.98%", "99.98%", "99.99%", "100%", "–"];
  assert.deepEqual(shares.map(shareText), texts);
});

test("a latency shows the digits that count", () => {
  const latencies = [0.42, 0.999, 4.24, 9.96, 42.4, 999.6, 1240, null];
  assert.deepEqual(latencies.map(latencyText), [
    "0.42 ms",
    "1.0 ms",
    "4.2 ms",
    "10 ms",
    "42 ms",
    "1.00 s",
    "1.24 s",
    "–",
  ]);
});

test("bytes are shown in the largest unit that fits", () => {
  const sizes = [0, 512, 1536, 1023.9 * 1024, 48 * 1024 ** 2, 3 * 1024 ** 5];
  assert.deepEqual(sizes.map(bytesText), [
    "0 B",
    "512 B",
    "1.5 KiB",
    "1.0 MiB",
    "48 MiB",
    "3072 TiB",
  ]);
});

test("a duration is shown in its two largest units", () => {
  const durations = [-5, 45_000, 724_000, 11_520_000, 183_600_000];
  assert.deepEqual(durations.map(durationText), [
    "0 s",
    "45 s",
    "12 min 4 s",
    "3 h 12 min",
    "2 d 3 h",
  ]);
});

test("CPU time is shown as a share of one core", () => {
  assert.deepEqual([0, 4, 1200].map(coreShareText), ["0.0%", "0.4%", "120%"]);
});

test("a count agrees with its noun", () => {
  assert.deepEqual(
    [0, 1, 2].map((count) => countText(count, "error")),
    ["0 errors", "1 error", "2 errors"],
  );
  assert.equal(countText(2, "entry", "entries"), "2 entries");
});

test("a long name keeps its beginning and its end", () => {
  assert.equal(shorten("reviews-v1", 12), "reviews-v1");
  assert.equal(shorten("recommendations-canary-v2", 12), "recomm…ry-v2");
});
