import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { HistoryAnswer } from "#api/history.ts";
import { systemClock } from "#base/clock.ts";
import { FakeClock } from "#base/fake-clock.ts";
import { LIMITS } from "#base/limits.ts";
import { silentLog } from "#base/log.ts";
import { deltaOf, keyOf, reportOf, WEB } from "#control/reports/report-fixture.ts";
import { Reports } from "#control/reports/reports.ts";
import { History } from "./history.ts";
import { decodeBlock } from "./history-block.ts";
import type { HistorySecond } from "./history-book.ts";
import { secondOf } from "./history-fixture.ts";

test("a thread of its own keeps seconds and answers questions", async (t) => {
  const history = openHistory(t);
  const startMs = systemClock.wallMs() - 10_000;
  for (let i = 0; i < 5; i++) history.note(secondOf(startMs + i * 1000));
  const query = { kind: "edge", namespace: "bookshop", name: "web" } as const;
  const stretch = { fromMs: startMs, toMs: startMs + 10_000, stepMs: 10_000 };
  const answer = await history.ask({ kind: "lines", query: { ...query, ...stretch } });
  assert.ok(answer.kind === "ok");
  const { lines, notice } = answer.value as HistoryAnswer;
  assert.equal(notice, null);
  const [line] = lines;
  assert.ok(line?.subject.kind === "edge");
  assert.equal(line.subject.destination.workload, "reviews-v1");
  assert.equal(
    line.requests.reduce<number>((sum, value) => sum + (value ?? 0), 0),
    50,
  );
});

test("more questions than are allowed at once are refused, not kept", async (t) => {
  const history = openHistory(t);
  const query = { kind: "mesh", namespace: undefined, name: undefined } as const;
  const stretch = { fromMs: 0, toMs: 10_000, stepMs: undefined };
  const asked = Array.from({ length: LIMITS.historyQuestionsMax + 1 }, () =>
    history.ask({ kind: "lines", query: { ...query, ...stretch } }),
  );
  const kinds = (await Promise.all(asked)).map(({ kind }) => kind);
  assert.deepEqual(kinds, [...Array(LIMITS.historyQuestionsMax).fill("ok"), "error"]);
});

test("names of seconds that are lost come with the next", async (t) => {
  const history = openHistory(t);
  const startMs = systemClock.wallMs() - 600_000;
  // The thread has not even started while these come.
  const many = LIMITS.historySecondsQueuedMax;
  for (let i = 0; i < many; i++) {
    history.note({ ...secondOf(startMs + i * 1000), named: [] });
  }
  history.note(secondOf(startMs + many * 1000));
  assert.equal(history.secondsLost, 1);
  const query = { kind: "service", namespace: undefined, name: undefined } as const;
  const fromMs = startMs + (many + 1) * 1000;
  const stretch = { fromMs, toMs: fromMs + 10_000, stepMs: 10_000 };
  // All before it is written when this is answered.
  await history.ask({ kind: "lines", query: { ...query, ...stretch } });
  history.note({ ...secondOf(fromMs), named: [] });
  const answer = await history.ask({ kind: "lines", query: { ...query, ...stretch } });
  assert.ok(answer.kind === "ok");
  assert.equal((answer.value as HistoryAnswer).lines[0]?.requests[0], 10);
});

test("reports become seconds: spread over their time, and whole", (t) => {
  const clock = new FakeClock();
  const seconds: HistorySecond[] = [];
  const reports = new Reports({ clock, history: (second) => seconds.push(second) });
  t.after(() => reports.close());
  clock.advance(2_400);
  reports.add(WEB, reportOf([deltaOf(keyOf(), { successes: 10, inFlight: 2 })], 1000));
  clock.advance(1_000);
  // The control plane was away for a while.
  reports.add(WEB, reportOf([deltaOf(keyOf(), { successes: 1000 })], 1000));
  clock.advance(5_000);
  const points = seconds.map(({ block }) => decodeBlock(block).series[0]);
  const counts = points.map((point) => point?.successes ?? 0);
  assert.equal(
    counts.reduce((sum, count) => sum + count, 0),
    1010,
  );
  const busy = counts.filter((count) => count > 0);
  assert.deepEqual(busy, [6, 604, 400], "by the share of each second");
  assert.deepEqual(
    seconds.flatMap(({ named }) => named).length,
    2,
    "each name is told once: of a series, and of a proxy",
  );
  const starts = seconds.map(({ startMs }) => startMs);
  const gaps = starts.slice(1).map((startMs, i) => startMs - starts[i]!);
  assert.deepEqual(new Set(gaps), new Set([1000]), "no second is left out");
});

function openHistory(t: TestContext): History {
  const folder = mkdtempSync(join(tmpdir(), "weft-history-"));
  const path = join(folder, "history.db");
  const history = new History({ path, clock: systemClock, log: silentLog });
  t.after(async () => {
    await history.close();
    rmSync(folder, { recursive: true });
  });
  return history;
}
