import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import { systemFiles } from "#base/file-system.ts";
import { silentLog } from "#base/log.ts";
import type { UpMessage } from "#snapshot/messages.ts";
import { PlanFeed } from "./plan-feed.ts";
import { PlanStore } from "./plan-store.ts";

const SECOND = 1000;
const REPORT = {
  ...{ atMs: 0, windowMs: SECOND, series: [], lost: 0 },
  process: { cpuMs: 0, memoryBytes: 0, connectionsOpen: 0 },
} as const;

function connect(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "weft-feed-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const clock = new FakeClock();
  const state = { isUrgent: false };
  const reportedAtMs: number[] = [];
  const none = { revision: 0, keys: [], plans: [], removed: [], inbound: undefined };
  const feed = new PlanFeed({
    ...{ clock, log: silentLog, random: () => 0.5 },
    store: new PlanStore(systemFiles, folder, silentLog),
    holder: {
      install: () => {},
      held: () => ({ type: "update", ...none }),
      dropIdle: () => [],
    },
    self: {
      ...{ protocol: 1, version: "0.1.0", workload: { namespace: "shop", name: "web" } },
      ...{ address: "127.64.0.3", meshPort: 15_008, metrics: "127.64.0.3:15020" },
    },
    report: () => REPORT,
    isReportUrgent: () => state.isUrgent,
    watched: () => {},
    trusted: () => {},
  });
  const send = (message: UpMessage) => {
    if (message.type === "report") reportedAtMs.push(clock.nowMs());
  };
  feed.opened(send);
  t.after(() => feed.close());
  const pace = (reportEveryMs: number) => feed.received({ type: "pace", reportEveryMs });
  const reopen = () => {
    feed.closed();
    feed.opened(send);
  };
  return { clock, state, pace, reopen, reportedAtMs };
}

test("a proxy reports each second until it is told to do so more seldom", (t) => {
  const { clock, pace, reportedAtMs } = connect(t);
  clock.advance(3 * SECOND);
  assert.deepEqual(reportedAtMs, [1000, 2000, 3000]);
  pace(15 * SECOND);
  clock.advance(36 * SECOND);
  assert.deepEqual(reportedAtMs.slice(3), [17_500, 32_500]);
});

test("told to report each second again it does so within a second", (t) => {
  const { clock, pace, reportedAtMs } = connect(t);
  pace(15 * SECOND);
  clock.advance(20 * SECOND);
  reportedAtMs.length = 0;
  pace(SECOND);
  clock.advance(3 * SECOND);
  assert.deepEqual(reportedAtMs, [20_500, 21_500, 22_500]);
});

test("what would be lost before the next report is told sooner", (t) => {
  const { clock, state, pace, reportedAtMs } = connect(t);
  pace(15 * SECOND);
  clock.advance(4 * SECOND);
  assert.deepEqual(reportedAtMs, []);
  state.isUrgent = true;
  clock.advance(SECOND);
  assert.equal(reportedAtMs.length, 1);
});

test("a new stream begins with a report each second", (t) => {
  const { clock, pace, reopen, reportedAtMs } = connect(t);
  pace(15 * SECOND);
  reopen();
  clock.advance(2 * SECOND);
  assert.deepEqual(reportedAtMs, [1000, 2000]);
});

test("a pace that makes no sense changes nothing", (t) => {
  const { clock, pace, reportedAtMs } = connect(t);
  for (const wrong of [0, -1, 10, Number.NaN, 3_600_000]) pace(wrong);
  clock.advance(2 * SECOND);
  assert.deepEqual(reportedAtMs, [1000, 2000]);
});
