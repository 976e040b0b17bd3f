import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import { seededRandom } from "#base/random.ts";
import { renewAfterMs } from "./renewal.ts";

const HOUR_MS = 3_600_000;
const ISSUED_MS = Date.UTC(2026, 0, 1);
const DAY = {
  notBeforeMs: ISSUED_MS - LIMITS.certificateBackdateMs,
  notAfterMs: ISSUED_MS + 24 * HOUR_MS,
};

test("a certificate is renewed at half its life, give or take a tenth", () => {
  const random = seededRandom(1);
  const delays = Array.from({ length: 1000 }, () => renewAfterMs(DAY, ISSUED_MS, random));
  assert.ok(Math.min(...delays) >= 10.8 * HOUR_MS);
  assert.ok(Math.min(...delays) < 10.9 * HOUR_MS);
  assert.ok(Math.max(...delays) <= 13.2 * HOUR_MS);
  assert.ok(Math.max(...delays) > 13.1 * HOUR_MS);
});

test("a certificate that was kept over a restart is renewed at the same time as without", () => {
  assert.equal(
    renewAfterMs(DAY, ISSUED_MS + 5 * HOUR_MS, () => 0.5),
    7 * HOUR_MS,
  );
});

test("a short life is halved as well, whatever the certificate is backdated", () => {
  const short = { ...DAY, notAfterMs: ISSUED_MS + 10_000 };
  assert.equal(
    renewAfterMs(short, ISSUED_MS, () => 0.5),
    5_000,
  );
});

test("what is overdue or has expired is renewed soon, but never at once", () => {
  for (const hours of [14, 24, 100]) {
    const delayMs = renewAfterMs(DAY, ISSUED_MS + hours * HOUR_MS, () => 0);
    assert.equal(delayMs, LIMITS.renewalFloorMs);
  }
});
