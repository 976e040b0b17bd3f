// The short table in the README, between its markers.

import type { Run } from "../measure-run.ts";
import type { ProxyResult } from "../proxy-result.ts";
import { spreadOf } from "../spread.ts";
import { countingRuns } from "./counting-runs.ts";
import { markdownTable } from "./markdown-table.ts";
import { cpuPerRequest, ratio } from "./ratios.ts";

const START = "<!-- performance -->";
const PAGE = "docs/reference/performance.md";
const END = "<!-- /performance -->";

const ROWS = [
  ["plain-64", "one proxy, plaintext HTTP/1, 64 connections"],
  ["pair-64", "pair with mTLS, 64 connections"],
  ["pair-8", "pair with mTLS, 8 connections"],
  ["http2-4x16", "pair with mTLS, HTTP/2 application, 4 x 16 streams"],
] as const;

// The README with a fresh table. Throws where it has no markers.
export function withReadmeTable(readme: string, result: ProxyResult, path: string): string {
  const [before, rest] = readme.split(START);
  const [, after] = rest?.split(END) ?? [];
  if (before === undefined || after === undefined) {
    throw new Error(`Cannot put a table into the README: no ${START} and ${END}`);
  }
  const source = `\`${result.command}\`, [${path}](${path})`;
  const all = `All rows, with what was aimed at: [${PAGE}](${PAGE}).`;
  const lines = [START, readmeTable(result), "", `${source}. ${all}`, END];
  return `${before}${lines.join("\n")}${after}`;
}

function readmeTable(result: ProxyResult): string {
  const head = ["CPU per request", "Weft", "HAProxy", "Envoy", "Weft / HAProxy", "Weft / Envoy"];
  return markdownTable(head, [
    ...ROWS.map(([load, what]) => [
      what,
      ...["weft", "haproxy", "envoy"].map((subject) => cell(result, load, subject)),
      ...["haproxy", "envoy"].map((peer) => compared(result, load, peer)),
    ]),
    [
      "anonymous memory of a sidecar, idle",
      ...["weft", "haproxy", "envoy"].map((subject) => idleCell(result, subject)),
      ...["", ""],
    ],
  ]);
}

function cell(result: ProxyResult, load: string, subject: string): string {
  const runs: readonly (readonly [Run])[] = countingRuns(result, load, [subject]);
  if (runs.length === 0) return "";
  return `${spreadOf(runs.map(([run]) => cpuPerRequest(run))).median.toFixed(0)} us`;
}

function compared(result: ProxyResult, load: string, peer: string): string {
  const found = ratio(result, load, peer, cpuPerRequest);
  return found === undefined ? "" : found.value.toFixed(2);
}

// Of two processes, the larger.
function idleCell({ idle }: ProxyResult, subject: string): string {
  const roles = ["outbound", "inbound"].map((role) => {
    const own = idle.filter((one) => one.subject === subject && one.role === role);
    return spreadOf(own.map(({ memory }) => memory.anonymousKiB / 1024)).median;
  });
  return idle.length === 0 ? "" : `${Math.max(...roles).toFixed(0)} MiB`;
}
