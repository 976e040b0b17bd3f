// Several blocks of one stretch of time, or of stretches that follow each other, as one.

import type { HistoryBlock, ProcessPoint, SeriesPoint } from "./history-block.ts";

export function mergeBlocks(blocks: readonly HistoryBlock[]): HistoryBlock {
  const [only] = blocks;
  if (only && blocks.length === 1) return only;
  const series = Map.groupBy(
    blocks.flatMap((block) => block.series),
    ({ name }) => name,
  );
  const processes = Map.groupBy(
    blocks.flatMap((block) => block.processes),
    ({ name }) => name,
  );
  return {
    series: [...series].map(([name, points]) => mergeSeries(name, points)),
    processes: [...processes].map(([name, points]) => mergeProcesses(name, points)),
  };
}

function mergeSeries(name: number, points: readonly SeriesPoint[]): SeriesPoint {
  const latency = new Map<number, number>();
  for (const { latency: pairs } of points) {
    for (let i = 0; i < pairs.length; i += 2) {
      latency.set(pairs[i]!, (latency.get(pairs[i]!) ?? 0) + pairs[i + 1]!);
    }
  }
  return {
    name,
    successes: sum(points, "successes"),
    failures: sum(points, "failures"),
    retries: sum(points, "retries"),
    inFlight: most(points, "inFlight"),
    requestBytes: sum(points, "requestBytes"),
    responseBytes: sum(points, "responseBytes"),
    latency: [...latency].flat(),
  };
}

function mergeProcesses(name: number, points: readonly ProcessPoint[]): ProcessPoint {
  return {
    name,
    cpuMs: sum(points, "cpuMs"),
    memoryBytes: most(points, "memoryBytes"),
    connectionsOpen: most(points, "connectionsOpen"),
  };
}

type Counts<Point> = {
  [Name in keyof Point]: Point[Name] extends number ? Name : never;
}[keyof Point];

function sum<Point>(points: readonly Point[], name: Counts<Point>): number {
  return points.reduce((total, point) => total + (point[name] as number), 0);
}

function most<Point>(points: readonly Point[], name: Counts<Point>): number {
  return points.reduce((top, point) => Math.max(top, point[name] as number), 0);
}
