// One second's series and processes while reports come in.

import type { HistoryBlock, ProcessPoint, SeriesPoint } from "./history-block.ts";

type Changing<Point> = { -readonly [Name in keyof Point]: Point[Name] };
type SeriesSum = Omit<Changing<SeriesPoint>, "latency"> & { readonly latency: Map<number, number> };

export class SecondSum {
  readonly #series = new Map<number, SeriesSum>();
  readonly #processes = new Map<number, Changing<ProcessPoint>>();

  // What lies between two shares, 0 to 1, of the point's time.
  addSeries(point: SeriesPoint, from: number, to: number): void {
    const sum = this.#seriesOf(point.name);
    const share = (value: number) => shareOf(value, from, to);
    sum.successes += share(point.successes);
    sum.failures += share(point.failures);
    sum.retries += share(point.retries);
    sum.inFlight = Math.max(sum.inFlight, point.inFlight);
    sum.requestBytes += share(point.requestBytes);
    sum.responseBytes += share(point.responseBytes);
    for (let i = 0; i < point.latency.length; i += 2) {
      const count = share(point.latency[i + 1]!);
      if (count === 0) continue;
      const bucket = point.latency[i]!;
      sum.latency.set(bucket, (sum.latency.get(bucket) ?? 0) + count);
    }
  }

  addProcess(point: ProcessPoint, from: number, to: number): void {
    const known = this.#processes.get(point.name);
    // In microseconds, as they are kept.
    const cpuMs = shareOf(Math.round(point.cpuMs * 1000), from, to) / 1000;
    const before = known?.cpuMs ?? 0;
    this.#processes.set(point.name, { ...point, cpuMs: before + cpuMs });
  }

  block(): HistoryBlock {
    return {
      series: [...this.#series.values()].map((sum) => ({
        ...sum,
        latency: [...sum.latency].flat(),
      })),
      processes: [...this.#processes.values()],
    };
  }

  #seriesOf(name: number): SeriesSum {
    const known = this.#series.get(name);
    if (known) return known;
    const sum = {
      ...{ name, successes: 0, failures: 0, retries: 0, inFlight: 0 },
      ...{ requestBytes: 0, responseBytes: 0, latency: new Map<number, number>() },
    };
    this.#series.set(name, sum);
    return sum;
  }
}

// Whole numbers whose sum over all shares is `value`.
function shareOf(value: number, from: number, to: number): number {
  return Math.floor(value * to) - Math.floor(value * from);
}
