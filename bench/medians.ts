// What the repeats say together: medians of the runs that count, with the least and the most.

import { LOAD_SHAPES } from "./load-shapes.ts";
import type { Run } from "./measure-run.ts";
import type { Memory } from "./process-figures.ts";
import type { SubjectName } from "./subject.ts";

export type Spread = { readonly median: number; readonly least: number; readonly most: number };

export type Median = {
  readonly subject: SubjectName;
  readonly load: string;
  readonly runs: number; // that count
  readonly refused: number;
  readonly perSecond: Spread;
  readonly cpuUs: Spread;
  readonly cpuUsByRole: Readonly<Record<string, Spread>>;
  readonly latencyUs: Readonly<Record<"p50" | "p90" | "p99" | "p999" | "max", Spread>>;
  readonly anonymousKiB: Readonly<Record<string, Spread>>;
  readonly proportionalKiB: Readonly<Record<string, Spread>>;
};

export function mediansOf(runs: readonly Run[]): Median[] {
  return LOAD_SHAPES.flatMap(({ name }) =>
    (["weft", "haproxy", "direct"] as const).map((subject) => {
      const all = runs.filter((run) => run.load === name && run.subject === subject);
      return medianOf(subject, name, all);
    }),
  );
}

function medianOf(subject: SubjectName, load: string, all: readonly Run[]): Median {
  const runs = all.filter(({ refused }) => refused.length === 0);
  const roles = runs[0]?.cpuUs.proxies.map(({ role }) => role) ?? [];
  const of = (figure: (run: Run) => number) => spreadOf(runs.map(figure));
  const byRole = (figure: (run: Run, at: number) => number) =>
    Object.fromEntries(roles.map((role, at) => [role, of((run) => figure(run, at))]));
  const memory = (which: keyof Memory) => byRole(({ memory }, at) => memory[at]![which]);
  return {
    subject,
    load,
    runs: runs.length,
    refused: all.length - runs.length,
    perSecond: of(({ perSecond }) => perSecond),
    cpuUs: of(({ cpuUs }) => cpuUs.total),
    cpuUsByRole: byRole(({ cpuUs }, at) => cpuUs.proxies[at]!.userUs + cpuUs.proxies[at]!.systemUs),
    latencyUs: {
      p50: of(({ latencyUs }) => latencyUs.p50),
      p90: of(({ latencyUs }) => latencyUs.p90),
      p99: of(({ latencyUs }) => latencyUs.p99),
      p999: of(({ latencyUs }) => latencyUs.p999),
      max: of(({ latencyUs }) => latencyUs.max),
    },
    anonymousKiB: memory("anonymousKiB"),
    proportionalKiB: memory("proportionalKiB"),
  };
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(at)] ?? 0) + (sorted[Math.ceil(at)] ?? 0)) / 2;
  return {
    median: Number(median.toFixed(2)),
    least: sorted[0] ?? 0,
    most: sorted.at(-1) ?? 0,
  };
}
