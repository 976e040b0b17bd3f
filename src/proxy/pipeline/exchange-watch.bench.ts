// What the bounds on an exchange's time cost: in the watch's list, and, for comparison, with a
// deadline in the wheel for each.
//
// node src/proxy/pipeline/exchange-watch.bench.ts; BENCH=full for numbers worth keeping.

import { cpus, loadavg } from "node:os";
import { systemClock } from "#base/clock.ts";
import { Deadline, Deadlines } from "#base/deadlines.ts";
import { ExchangeWatch, Watched } from "./exchange-watch.ts";

const ROUNDS = process.env["BENCH"] === "full" ? 501 : 5;
const EXCHANGES = 20_000;
const OPEN = 64;

class Sample extends Watched {
  secondsQuiet = 0;

  override tick(): void {
    this.secondsQuiet++;
  }
}

const deadlines = new Deadlines(systemClock);
const watch = new ExchangeWatch(deadlines);

// Each subject begins one exchange and ends another, with so many open in between.
const samples = Array.from({ length: OPEN }, () => new Sample());
for (const sample of samples) watch.add(sample);
const plain = Array.from({ length: OPEN }, () => new Sample());
const set = Array.from({ length: OPEN }, () => new Deadline(() => {}));
const subjects = {
  unwatchedNs: (i: number) => {
    plain[i % OPEN] = new Sample();
  },
  watchNs: (i: number) => {
    watch.remove(samples[i % OPEN]!);
    const sample = new Sample();
    samples[i % OPEN] = sample;
    watch.add(sample);
  },
  deadlineNs: (i: number) => {
    deadlines.clear(set[i % OPEN]!);
    const sample = new Sample();
    plain[i % OPEN] = sample;
    const deadline = new Deadline(() => sample.tick());
    set[i % OPEN] = deadline;
    deadlines.set(deadline, 300_000);
  },
  tickNs: (i: number) => samples[i % OPEN]!.tick(),
};

const machine = { node: process.version, cpu: cpus()[0]?.model, cpus: cpus().length };
const results = Object.entries(subjects).map(([name, run]) => [name, medianNs(run)]);
for (const sample of samples) watch.remove(sample);
for (const deadline of set) deadlines.clear(deadline);
const report = { machine, loadAverage: loadavg(), ...Object.fromEntries(results) };
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);

function medianNs(run: (i: number) => void): number {
  const means = Array.from({ length: ROUNDS }, () => {
    const { user, system } = process.cpuUsage();
    for (let i = 0; i < EXCHANGES; i++) run(i);
    const after = process.cpuUsage();
    return ((after.user + after.system - user - system) * 1000) / EXCHANGES;
  });
  means.sort((a, b) => a - b);
  return Math.round(means[means.length >> 1]!);
}
