// node src/decision/decide.bench.ts; BENCH=full for numbers worth keeping.

import { cpus, loadavg } from "node:os";
import { measureDecide } from "./measure-decide.ts";

const isFull = process.env["BENCH"] === "full";
// Rounds short enough for the collector not to run in most of them.
const rounds = isFull ? 501 : 5;
const decisionsPerRound = 20_000;

const machine = { node: process.version, cpu: cpus()[0]?.model, cpus: cpus().length };
const results = [1, 10, 1000].map((routes) =>
  measureDecide({ routes, rounds, decisionsPerRound }, cpuMs),
);
process.stdout.write(`${JSON.stringify({ machine, loadAverage: loadavg(), results }, null, 2)}\n`);

// Not the time that passes: the machine may be shared.
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
