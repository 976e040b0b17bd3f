// What one line of the access log takes to make, with the fields that it has where nobody chooses.
// Each entry is as a proxy has it: its texts are parts of a head.
//
// node src/proxy/telemetry/access-line.bench.ts; BENCH=full for numbers worth keeping.

import { randomUUID } from "node:crypto";
import { cpus, loadavg } from "node:os";
import type { AccessLogPlan } from "#snapshot/access-log-plan.ts";
import type { AccessEntry } from "./access-entry.ts";
import { AccessLine } from "./access-line.ts";
import { LineBlocks } from "./line-blocks.ts";
import { callKey } from "./telemetry-fixture.ts";

const ROUNDS = process.env["BENCH"] === "full" ? 501 : 5;
// As many as a proxy may have in one turn.
const ENTRIES = 64;
const PASSES = 300;
const OFFSET_MS = Date.UTC(2026, 0, 1);
const KEY = callKey();

const FIELDS: AccessLogPlan["fields"] = [
  ...(["start_time", "method", "path", "authority", "response_code", "response_flags"] as const),
  ...(["cause", "grpc_status", "attempts", "bytes_received", "bytes_sent", "duration"] as const),
  ...(["first_byte", "reporter", "source", "destination", "service"] as const),
  ...(["route", "backend", "mutual_tls", "upstream_host", "request_id"] as const),
  ...(["trace_id", "user_agent"] as const),
];

const line = new AccessLine({ format: "json", fields: FIELDS, headers: [], filter: {} });
const lines = new LineBlocks(line.encode);
const entries = Array.from({ length: ENTRIES }, (_, i) => entryOf(i));
let bytes = 0;

const means = Array.from({ length: ROUNDS }, () => {
  const { user, system } = process.cpuUsage();
  for (let pass = 0; pass < PASSES; pass++) makeAll();
  const after = process.cpuUsage();
  return ((after.user + after.system - user - system) * 1000) / (PASSES * ENTRIES);
}).sort((a, b) => a - b);

const report = {
  machine: { node: process.version, cpu: cpus()[0]?.model, cpus: cpus().length },
  loadAverage: loadavg(),
  lineBytes: Math.round(bytes / (ROUNDS * PASSES * ENTRIES)),
  lineNs: Math.round(means[means.length >> 1]!),
};
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);

function makeAll(): void {
  for (const entry of entries) {
    line.note(entry, OFFSET_MS);
    if (line.isFull) line.put(lines);
  }
  for (let block = lines.take(); block; block = lines.take()) {
    bytes += block.used;
    lines.giveBack(block.bytes);
  }
}

function entryOf(i: number): AccessEntry {
  const digits = randomUUID().replaceAll("-", "");
  const fields = [
    ...["user-agent", "weft-load/1 (bench; like a browser)", "accept", "text/html, */*;q=0.9"],
    ...["accept-encoding", "gzip, br", "accept-language", "en-GB,en;q=0.8", "cookie", digits],
    ...["x-request-id", randomUUID(), "traceparent", `00-${digits}-${digits.slice(16)}-00`],
  ];
  const text = Buffer.from(`/item/${i}\n${fields.join("\n")}\n`).toString("latin1");
  const [path, ...headers] = partsOf(text);
  const head: AccessEntry["head"] = {
    ...{ method: "GET", path: path!, scheme: "http", authority: "reviews.bookshop:9080" },
    ...{ headers, contentLength: 0 },
  };
  return {
    ...{ head, key: KEY, startedMs: i * 0.04 },
    ...{ durationMs: 1.2 + (i % 7) * 0.13, firstByteMs: 1.1, status: 200, grpcStatus: "" },
    ...{ cause: "", bytesReceived: 0, bytesSent: 312, endpoint: "127.0.0.1:9080", attempts: 1 },
    isUntraced: false,
  };
}

// What `split` gives may be copies.
function partsOf(text: string): string[] {
  const parts: string[] = [];
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf("\n", at);
    parts.push(text.slice(at, end));
    at = end + 1;
  }
  return parts;
}
