import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { HistoryAnswer } from "#api/history.ts";
import { LIMITS } from "#base/limits.ts";
import { answerHistory } from "./answer-history.ts";
import { HistoryBook } from "./history-book.ts";
import { NOON_MS, noteSeconds, secondOf } from "./history-fixture.ts";

const HOUR_MS = 3_600_000;

test("a restart keeps what was, to the second", (t) => {
  const path = pathFor(t);
  const before = new HistoryBook({ path });
  noteSeconds(before, NOON_MS, 40);
  before.close();
  const book = openBook(t, path);
  noteSeconds(book, NOON_MS + 45_000, 10);
  const { lines, at } = linesOf(book, NOON_MS, NOON_MS + 60_000, 1000);
  assert.equal(at.length, 60);
  const { requests } = lines[0]!;
  assert.deepEqual([requests[0], requests[39], requests[45], requests[54]], [10, 10, 10, 10]);
  assert.deepEqual(requests.slice(40, 45), [null, null, null, null, null], "nobody looked");
  assert.equal(book.trouble, undefined);
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test("what is older is kept more coarsely, with the same sums", (t) => {
  const book = openBook(t, undefined);
  noteSeconds(book, NOON_MS, 3600, { requests: 5, failures: 1 });
  const nowMs = NOON_MS + HOUR_MS;
  const hour = linesOf(book, NOON_MS, nowMs, undefined, nowMs);
  assert.equal(hour.slotMs, 15_000);
  assert.equal(sum(hour.lines[0]!.requests), 5 * 3600);
  assert.equal(sum(hour.lines[0]!.failures), 3600);
  const late = NOON_MS + 7 * HOUR_MS;
  book.note(secondOf(late));
  const longAgo = linesOf(book, NOON_MS, NOON_MS + HOUR_MS, 1000, late);
  assert.equal(longAgo.slotMs, 60_000, "15 seconds are kept for 6 hours");
  assert.equal(sum(longAgo.lines[0]!.requests), 5 * 3600);
  const weeks = NOON_MS + 8 * 24 * HOUR_MS;
  book.note(secondOf(weeks));
  assert.ok(book.store.sinceMs! >= weeks - LIMITS.historyMinutesMs - HOUR_MS);
});

test("the last seconds are there, whatever the step", (t) => {
  const book = openBook(t, undefined);
  noteSeconds(book, NOON_MS, 100);
  const { lines, slotMs, stepMs } = linesOf(book, NOON_MS, NOON_MS + 100_000, 60_000);
  assert.deepEqual([slotMs, stepMs], [60_000, 60_000]);
  assert.deepEqual(lines[0]!.requests, [600, 400]);
  assert.deepEqual(lines[0]!.rps, [10, 10], "a step that isn't over counts what it has");
});

test("a second that comes late is added to all that is made of it", (t) => {
  const book = openBook(t, undefined);
  noteSeconds(book, NOON_MS, 130);
  book.note(secondOf(NOON_MS + 5000, { requests: 7 }));
  for (const stepMs of [1000, 15_000, 60_000]) {
    const { lines } = linesOf(book, NOON_MS, NOON_MS + 60_000, stepMs);
    assert.equal(sum(lines[0]!.requests), 607, `steps of ${stepMs} ms`);
  }
});

test("a full disk harms nothing: it goes on in memory, says so, and returns to the disk", (t) => {
  const path = pathFor(t);
  const book = openBook(t, path);
  noteSeconds(book, NOON_MS, 30);
  book.store.allowPages(1);
  noteSeconds(book, NOON_MS + 30_000, 40, { requests: 500 });
  assert.match(book.trouble!, /^Cannot keep the history in .*history\.db: the disk is full\. /);
  const whileFull = linesOf(book, NOON_MS, NOON_MS + 70_000, 1000);
  assert.equal(sum(whileFull.lines[0]!.requests), 300 + 40 * 500, "nothing is lost");
  noteSeconds(book, NOON_MS + 70_000, 60);
  assert.equal(book.trouble, undefined, "tried again after a minute, and there was room");
  book.close();
  const again = openBook(t, path);
  const after = linesOf(again, NOON_MS, NOON_MS + 130_000, 1000);
  assert.equal(sum(after.lines[0]!.requests), 300 + 40 * 500 + 600);
});

test("a damaged file is laid aside and a new one begun", (t) => {
  const path = pathFor(t);
  writeFileSync(path, "this is not what SQLite writes".repeat(1000));
  const book = openBook(t, path);
  assert.match(book.trouble!, /was damaged and is .*history\.db\.damaged now; a new one was begun/);
  assert.match(readFileSync(`${path}.damaged`, "utf8"), /^this is not/);
  noteSeconds(book, NOON_MS, 3);
  book.close();
  const again = openBook(t, path);
  assert.equal(again.trouble, undefined);
  assert.equal(sum(linesOf(again, NOON_MS, NOON_MS + 3000, 1000).lines[0]!.requests), 30);
});

test("damage that only shows while running costs no more than what can't be read", (t) => {
  const path = pathFor(t);
  const first = new HistoryBook({ path });
  noteSeconds(first, NOON_MS, 2000);
  first.close();
  const bytes = readFileSync(path);
  bytes.fill(0x5a, 8192, bytes.length - 4096);
  writeFileSync(path, bytes);
  const book = openBook(t, path);
  noteSeconds(book, NOON_MS + 2_000_000, 60);
  const nowMs = NOON_MS + 2_060_000;
  const { lines } = linesOf(book, nowMs - 60_000, nowMs, 1000, nowMs);
  assert.equal(sum(lines[0]!.requests), 600);
  assert.match(book.trouble!, /was damaged/);
  assert.ok(existsSync(`${path}.damaged`));
});

test("a folder that can't be written is said, too", (t) => {
  const book = openBook(t, join(tmpdir(), "weft-nowhere", "history.db"));
  assert.match(book.trouble!, /^Cannot keep the history in .*ENOENT/);
  noteSeconds(book, NOON_MS, 3);
  assert.equal(sum(linesOf(book, NOON_MS, NOON_MS + 3000, 1000).lines[0]!.requests), 30);
});

test("the file stays within its bound: of each level the oldest goes first", (t) => {
  const path = pathFor(t);
  const bytesMax = 64 * 1024;
  const book = openBook(t, path, bytesMax);
  noteSeconds(book, NOON_MS, 4 * 3600);
  assert.ok(book.store.bytes <= bytesMax, `${book.store.bytes} bytes`);
  const nowMs = NOON_MS + 4 * HOUR_MS;
  const { lines } = linesOf(book, nowMs - 60_000, nowMs, 1000, nowMs);
  assert.equal(sum(lines[0]!.requests), 600, "the newest are there");
  book.close();
  assert.ok(statSync(path).size < 4 * bytesMax, `${statSync(path).size} bytes on disk`);
});

function pathFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "weft-history-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, "history.db");
}

function openBook(t: TestContext, path: string | undefined, bytesMax = 1 << 20): HistoryBook {
  const book = new HistoryBook({ path, bytesMax });
  t.after(() => {
    try {
      book.close();
    } catch {
      // By the test itself.
    }
  });
  return book;
}

function linesOf(
  book: HistoryBook,
  fromMs: number,
  toMs: number,
  stepMs: number | undefined,
  nowMs = toMs,
): HistoryAnswer {
  const query = { kind: "service", namespace: undefined, name: undefined } as const;
  const question = { kind: "lines", query: { ...query, fromMs, toMs, stepMs } } as const;
  return answerHistory(book, question, nowMs) as HistoryAnswer;
}

function sum(values: readonly (number | null)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0);
}
