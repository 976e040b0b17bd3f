// The absolute figures: of each load the medians over the repeats that count.

import type { Run } from "../measure-run.ts";
import type { ProxyResult } from "../proxy-result.ts";
import { spreadOf } from "../spread.ts";
import { countingRuns } from "./counting-runs.ts";
import { markdownTable } from "./markdown-table.ts";

const HEAD = [
  ...["load", "subject", "runs", "req/s", "CPU us", "by process", "p50", "p90", "p99", "p99.9"],
  ...["max", "loopback bytes"],
];

export function loadTable(result: ProxyResult): string {
  const runs = result.groups.flatMap(({ repeats }) => repeats).flatMap((repeat) => repeat.runs);
  const loads = [...new Set(runs.map(({ load }) => load))];
  const rows = loads.flatMap((load) => {
    const subjects = new Set(runs.filter((run) => run.load === load).map((run) => run.subject));
    return [...subjects].sort(bySubject).map((subject) => row(result, load, subject));
  });
  return markdownTable(HEAD, rows);
}

export function memoryTable(result: ProxyResult): string {
  const { idle } = result;
  const head = [
    "process",
    "idle: anonymous",
    "PSS",
    "RSS",
    "busy: anonymous",
    "PSS",
    "RSS",
    "after requests on connections of their own: anonymous",
    "idle CPU",
  ];
  const processes = [...new Set(idle.map(({ subject, role }) => `${subject} ${role}`))];
  const rows = processes.map((name) => {
    const own = idle.filter(({ subject, role }) => `${subject} ${role}` === name);
    const [subject = "", role] = name.split(" ");
    const under = (load: string) =>
      countingRuns(result, load, [subject]).flatMap(([{ memory }]) =>
        memory.filter((one) => one.role === role),
      );
    const busy = under("pair-64");
    const [churned = ""] = memoryCells(under("no-keep-alive-128"));
    const share = spreadOf(own.map(({ cpuShare }) => cpuShare * 100)).median;
    return [
      ...[name, ...memoryCells(own.map(({ memory }) => memory)), ...memoryCells(busy)],
      churned,
      `${share.toFixed(3)} %`,
    ];
  });
  return markdownTable(head, rows);
}

const ORDER = ["weft", "haproxy", "envoy", "envoy-http2"];

// Those we know first, then who was given, and at the end the way without a proxy.
function bySubject(one: string, other: string): number {
  const rank = (name: string) => {
    const at = ORDER.indexOf(name);
    return at >= 0 ? at : name === "direct" ? ORDER.length + 1 : ORDER.length;
  };
  return rank(one) - rank(other);
}

function row(result: ProxyResult, load: string, subject: string): string[] {
  const runs = countingRuns(result, load, [subject]).map(([run]) => run);
  if (runs.length === 0) return [load, subject, "0", ...HEAD.slice(3).map(() => "")];
  const median = (figure: (run: Run) => number) => spreadOf(runs.map(figure)).median;
  const roles = runs[0]!.cpuUs.proxies.map((_, at) =>
    median(({ cpuUs }) => cpuUs.proxies[at]!.userUs + cpuUs.proxies[at]!.systemUs).toFixed(1),
  );
  const latencies = (["p50", "p90", "p99", "p999", "max"] as const).map((name) =>
    (median(({ latencyUs }) => latencyUs[name]) / 1000).toFixed(2),
  );
  return [
    ...[load, subject, String(runs.length), median(({ perSecond }) => perSecond).toFixed(0)],
    ...(roles.length === 0
      ? ["", ""]
      : [median(({ cpuUs }) => cpuUs.total).toFixed(1), roles.join(" + ")]),
    ...[...latencies, median(({ loopbackBytes }) => loopbackBytes).toFixed(0)],
  ];
}

type Kib = {
  readonly anonymousKiB: number;
  readonly proportionalKiB: number;
  readonly residentKiB: number;
};

function memoryCells(memories: readonly Kib[]): string[] {
  return (["anonymousKiB", "proportionalKiB", "residentKiB"] as const).map((which) => {
    if (memories.length === 0) return "";
    return (spreadOf(memories.map((one) => one[which])).median / 1024).toFixed(1);
  });
}
