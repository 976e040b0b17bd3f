// What recording requests for `weft explain ID` costs: a request that isn't told as all places are
// taken, one that is, the id on its answer, and a report of all that were noted.
//
// node src/proxy/pipeline/request-recorder.bench.ts; BENCH=full for numbers worth keeping.

import { cpus, loadavg } from "node:os";
import { systemClock } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import { RequestRecorder } from "./request-recorder.ts";
import { withRequestId } from "./with-request-id.ts";

const ROUNDS = process.env["BENCH"] === "full" ? 501 : 5;
const REQUESTS = 20_000;
const REPORTS = 200;

const HEAD: RequestHead = {
  method: "GET",
  scheme: "http",
  authority: "reviews.bookshop:9080",
  path: "/reviews/7",
  headers: [
    ...["accept", "*/*", "user-agent", "bench", "cookie", "session=1", "traceparent", "00-1-2-00"],
    ...["x-request-id", "7e0c6a52-3a0e-4d8b-a1c5-1f0a0b9e2d11", "x-forwarded-proto", "http"],
  ],
  contentLength: 0,
};
const ANSWER = ["content-type", "text/plain", "date", "now", "server", "bench"];

const full = new RequestRecorder(systemClock);
const free = new RequestRecorder(systemClock);
let answered = 0;
while (full.next(true));

const report = {
  machine: { node: process.version, cpu: cpus()[0]?.model, cpus: cpus().length },
  loadAverage: loadavg(),
  untoldNs: medianNs(REQUESTS, () => void note(full)),
  // With the report that makes room again.
  toldNs: medianNs(REQUESTS, (i) => {
    if (i % LIMITS.requestsToldMax === 0) free.take();
    note(free);
  }),
  namedAnswerNs: medianNs(REQUESTS, () => {
    answered += withRequestId(ANSWER, HEAD.headers).length;
  }),
  reportNs: medianNs(REPORTS, () => {
    for (let i = 0; i < LIMITS.requestsToldMax; i++) note(free);
    answered += JSON.stringify(free.take()).length;
  }),
};
process.stdout.write(`${JSON.stringify({ ...report, isUsed: answered > 0 }, null, 2)}\n`);

function note(recorder: RequestRecorder): boolean {
  const place = recorder.next(true);
  if (place === undefined) return false;
  place.head = HEAD;
  place.draw = 0.25;
  place.startedMs = 1;
  place.endedMs = 2;
  place.status = 200;
  return true;
}

function medianNs(count: number, run: (i: number) => void): number {
  const means = Array.from({ length: ROUNDS }, () => {
    const { user, system } = process.cpuUsage();
    for (let i = 0; i < count; i++) run(i);
    const after = process.cpuUsage();
    return ((after.user + after.system - user - system) * 1000) / count;
  });
  means.sort((a, b) => a - b);
  return Math.round(means[means.length >> 1]! * 10) / 10;
}
