// What a measurement of pairs found: the JSON that is kept, and the table that is printed.

import { styleText } from "node:util";
import type { Schedule } from "./load-shapes.ts";
import type { Machine, Versions } from "./machine.ts";
import type { Repeat } from "./measure-repeat.ts";
import { type Median, mediansOf, type Spread, spreadOf } from "./medians.ts";
import type { StartUp } from "./weft-pair.ts";

export type PairReport = {
  readonly what: "pair";
  readonly at: string;
  readonly machine: Machine;
  readonly versions: Versions;
  readonly schedule: Schedule;
  readonly loadAverageAfter: readonly number[];
  readonly coldStartUp: StartUp; // without a compile cache
  readonly startUp: Readonly<Record<"upToReadyMs" | "outboundMs" | "inboundMs", Spread>>;
  readonly medians: readonly Median[];
  readonly ratios: readonly Ratio[];
  readonly idleAnonymousKiB: Readonly<Record<string, Spread>>;
  readonly idleProportionalKiB: Readonly<Record<string, Spread>>;
  readonly repeats: readonly Repeat[];
};

// Weft's pair against HAProxy's; only where runs of both count.
export type Ratio = {
  readonly load: string;
  readonly cpu: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
};

type Facts = Pick<
  PairReport,
  "at" | "machine" | "versions" | "schedule" | "loadAverageAfter" | "coldStartUp" | "repeats"
>;

export function pairReport(facts: Facts): PairReport {
  const { repeats } = facts;
  const medians = mediansOf(repeats.flatMap(({ runs }) => runs));
  const of = (figure: (startUp: StartUp) => number) =>
    spreadOf(repeats.map(({ startUp }) => figure(startUp)));
  return {
    what: "pair",
    ...facts,
    startUp: {
      upToReadyMs: of(({ upToReadyMs }) => upToReadyMs),
      outboundMs: of(({ sidecarReadyMs }) => sidecarReadyMs.outbound),
      inboundMs: of(({ sidecarReadyMs }) => sidecarReadyMs.inbound),
    },
    medians,
    ratios: ratiosOf(medians),
    idleAnonymousKiB: idleOf(repeats, "anonymousKiB"),
    idleProportionalKiB: idleOf(repeats, "proportionalKiB"),
  };
}

export function pairTable(report: PairReport): string {
  const { medians, ratios, versions, machine, startUp, coldStartUp } = report;
  const head = row("load", "subject", ["runs", "req/s", "cpu us", "out", "in"], LATENCIES);
  const lines = medians.map((median) => {
    const { subject, load, runs, perSecond, cpuUs, cpuUsByRole, latencyUs } = median;
    if (runs === 0) return `${load.padEnd(10)} ${subject.padEnd(8)} no run counts`;
    const cost = [cpuUs.median, cpuUsByRole["outbound"]?.median, cpuUsByRole["inbound"]?.median];
    const costs = subject === "direct" ? ["", "", ""] : cost.map((us) => us?.toFixed(1) ?? "");
    const latencies = LATENCIES.map((name) => (latencyUs[name].median / 1000).toFixed(2));
    return row(load, subject, [String(runs), perSecond.median.toFixed(0), ...costs], latencies);
  });
  const compared = ratios.map(
    ({ load, cpu, p50, p99, p999 }) =>
      `${load}: CPU ${cpu}x HAProxy's pair, p50 ${p50}x, p99 ${p99}x, p99.9 ${p999}x`,
  );
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.kernel}; ` +
      `HAProxy ${versions.haproxy}, nginx ${versions.nginx}, Node ${versions.node}`,
    `Weft ${versions.weft.slice(0, 12)}${versions.weftSourcesChanged ? " with changes" : ""}; ` +
      "medians; CPU in us a request, latency in ms",
    styleText("bold", head, { stream: process.stdout }),
    ...lines,
    ...compared,
    ...memoryLines(report),
    `start: up to ready ${startUp.upToReadyMs.median} ms (${coldStartUp.upToReadyMs} cold), ` +
      `sidecars ${startUp.outboundMs.median} and ${startUp.inboundMs.median} ms ` +
      `(${coldStartUp.sidecarReadyMs.outbound} and ${coldStartUp.sidecarReadyMs.inbound} cold)`,
    "",
  ].join("\n");
}

const LATENCIES = ["p50", "p90", "p99", "p999", "max"] as const;

function row(
  load: string,
  subject: string,
  figures: readonly string[],
  latencies: readonly string[],
): string {
  const cells = figures.map((text) => text.padStart(7)).join("");
  return `${load.padEnd(10)} ${subject.padEnd(8)}${cells} ${latencies.map((text) => text.padStart(8)).join("")}`;
}

function ratiosOf(medians: readonly Median[]): Ratio[] {
  return [...new Set(medians.map(({ load }) => load))].flatMap((load) => {
    const find = (subject: string) =>
      medians.find((one) => one.subject === subject && one.load === load && one.runs > 0);
    const [weft, haproxy] = [find("weft"), find("haproxy")];
    if (!weft || !haproxy) return [];
    const ratio = (figure: (median: Median) => number) =>
      Number((figure(weft) / figure(haproxy)).toFixed(2));
    return {
      load,
      cpu: ratio(({ cpuUs }) => cpuUs.median),
      p50: ratio(({ latencyUs }) => latencyUs.p50.median),
      p99: ratio(({ latencyUs }) => latencyUs.p99.median),
      p999: ratio(({ latencyUs }) => latencyUs.p999.median),
    };
  });
}

function idleOf(
  repeats: readonly Repeat[],
  which: "anonymousKiB" | "proportionalKiB",
): Record<string, Spread> {
  const all = repeats.flatMap(({ idle }) => idle);
  const names = [...new Set(all.map(({ subject, role }) => `${subject} ${role}`))];
  return Object.fromEntries(
    names.map((name) => [
      name,
      spreadOf(
        all
          .filter(({ subject, role }) => `${subject} ${role}` === name)
          .map((memory) => memory[which]),
      ),
    ]),
  );
}

function memoryLines({ idleAnonymousKiB, idleProportionalKiB, medians }: PairReport): string[] {
  const mib = (spread: Spread | undefined) => ((spread?.median ?? 0) / 1024).toFixed(1);
  return Object.entries(idleAnonymousKiB).map(([name, idle]) => {
    const [subject, role = ""] = name.split(" ");
    const busy = medians.find((one) => one.subject === subject && one.load === "closed-64");
    return (
      `memory of ${name}: anonymous ${mib(idle)} MiB idle, ` +
      `${mib(busy?.anonymousKiB[role])} busy; ` +
      `PSS ${mib(idleProportionalKiB[name])} idle, ${mib(busy?.proportionalKiB[role])} busy`
    );
  });
}
