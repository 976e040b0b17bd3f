// Holds what an attack was found to cost against what it may.

import { styleText } from "node:util";
import type { AttackKind } from "./attack-kinds.ts";
import type { AttackResult } from "./put-attack.ts";

export type Measured = { readonly cpuMs: number; readonly grownKiB: number };

export type AttackRun = AttackResult & {
  readonly cpuNsPerByte: number;
  readonly grownKiB: number;
  // Of good traffic, in turns without and with the attack beside it.
  readonly p99AloneUs: readonly number[];
  readonly p99BesideUs: readonly number[];
};

export type AttackFigures = {
  readonly name: string;
  readonly on: AttackKind["on"];
  readonly connections: number;
  // Medians of the runs, and of all turns in them.
  readonly cpuRatio: number; // to honest requests of as many bytes
  readonly grownKiB: number;
  readonly limit: string;
  readonly memoryRatio: number; // to what that limit grants, without the young generation
  readonly cutAfterEvents: number;
  readonly cutAfterMs: number;
  readonly p99Ratio: number;
  // Which bounds it breaks.
  readonly broken: readonly string[];
  readonly runs: readonly AttackRun[];
};

const CPU_RATIO_MAX = 10;
const MEMORY_RATIO_MAX = 8;
// Garbage, whatever made it: a sidecar runs with semi-spaces of 2 MiB, and V8 has three of them.
const YOUNG_GENERATION_KIB = 6 * 1024;
const EVENTS_MAX = 250;
const P99_RATIO_MAX = 2;

export function judge(
  kind: AttackKind,
  runs: readonly AttackRun[],
  honestNsPerByte: number,
): AttackFigures {
  const of = (figure: (run: AttackRun) => number) => median(runs.map(figure));
  const cutAfterMs = of((run) => run.cutAfterMs);
  const cutAfterEvents = of((run) => run.cutAfterEvents);
  const grownKiB = of((run) => run.grownKiB);
  const ratios = {
    cpuRatio: rounded(of((run) => run.cpuNsPerByte) / honestNsPerByte),
    memoryRatio: rounded((Math.max(0, grownKiB - YOUNG_GENERATION_KIB) * 1024) / kind.limitBytes),
    p99Ratio: rounded(
      median(runs.flatMap((run) => run.p99BesideUs)) /
        median(runs.flatMap((run) => run.p99AloneUs)),
    ),
  };
  const isCut = kind.cutWithinMs === undefined || of((run) => run.cuts) > 0;
  const isCutSoon = cutAfterMs <= (kind.cutWithinMs ?? Infinity) || cutAfterEvents <= EVENTS_MAX;
  return {
    ...{ name: kind.name, on: kind.on, connections: kind.connections },
    ...{ ...ratios, grownKiB, limit: kind.limit, cutAfterEvents, cutAfterMs },
    broken: [
      ...(ratios.cpuRatio > CPU_RATIO_MAX ? ["processor time"] : []),
      ...(ratios.memoryRatio > MEMORY_RATIO_MAX ? ["memory"] : []),
      ...(isCut && isCutSoon ? [] : ["cut"]),
      ...(ratios.p99Ratio > P99_RATIO_MAX ? ["p99"] : []),
    ],
    runs,
  };
}

export function attackTable(figures: readonly AttackFigures[]): string {
  const head = row("attack", "on", ["CPU", "memory", "p99", "events", "cut ms"], "");
  const lines = figures.map((one) =>
    row(
      one.name,
      one.on,
      [
        ...[`${one.cpuRatio}x`, `${one.memoryRatio}x`, `${one.p99Ratio}x`],
        ...[String(one.cutAfterEvents), String(one.cutAfterMs)],
      ],
      one.broken.length > 0 ? ` broken: ${one.broken.join(", ")}` : "",
    ),
  );
  return `${[styleText("bold", head, { stream: process.stdout }), ...lines].join("\n")}\n`;
}

function row(name: string, on: string, cells: readonly string[], rest: string): string {
  return `${name.padEnd(36)} ${on.padEnd(8)}${cells.map((text) => text.padStart(9)).join("")}${rest}`;
}

function rounded(value: number): number {
  return Number(value.toFixed(2));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
