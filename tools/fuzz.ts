// `npm run fuzz -- --minutes 60 [--only NAME] [--seed S]`: inputs from new seeds until the time is
// over, or until one fails; then its fuzzer and its seed are printed. `--seed` begins there.

import { parseArgs } from "node:util";
import { Dice } from "#base/dice.fuzz.ts";
import { FUZZERS } from "./fuzzers.ts";

const BATCH = 200;
const SEEDS = 2 ** 32;
const TELL_EVERY_MS = 60_000;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "1" },
    only: { type: "string" },
    seed: { type: "string" },
  },
});
const chosen = [...FUZZERS].filter(([name]) => values.only === undefined || name === values.only);
if (chosen.length === 0) give(`--only takes one of ${[...FUZZERS.keys()].join(", ")}`);
const seconds = Number(values.minutes) * 60;
if (!(seconds > 0)) give("--minutes takes a number above 0");

let seed = Number(values.seed ?? process.hrtime.bigint() % BigInt(SEEDS));
const untilMs = performance.now() + seconds * 1000;
let tellAtMs = performance.now() + TELL_EVERY_MS;
let inputs = 0;
process.stdout.write(`Fuzzing ${chosen.map(([name]) => name).join(", ")} from seed ${seed}\n`);
while (performance.now() < untilMs) {
  for (const [name, fuzz] of chosen) {
    for (let i = 0; i < BATCH; i++) attempt(name, fuzz, (seed + i) % SEEDS);
  }
  seed = (seed + BATCH) % SEEDS;
  inputs += BATCH;
  if (performance.now() < tellAtMs) continue;
  tellAtMs += TELL_EVERY_MS;
  process.stdout.write(`${inputs} inputs each, next seed ${seed}\n`);
}
process.stdout.write(`${inputs} inputs each, none of them too much\n`);

function attempt(name: string, fuzz: (dice: Dice) => void, at: number): void {
  try {
    fuzz(new Dice(at));
  } catch (error) {
    const reason = error instanceof Error ? error.stack : String(error);
    give(`${reason}\n\nAgain: npm run fuzz -- --only ${name} --seed ${at}`);
  }
}

function give(text: string): never {
  process.stderr.write(`${text}\n`);
  process.exit(1);
}
