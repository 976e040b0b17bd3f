// Every fuzzer for a moment, always with the same seeds. `npm run fuzz` takes new ones.

import { test } from "node:test";
import { Dice } from "#base/dice.fuzz.ts";
import { FUZZERS } from "./fuzzers.ts";

const INPUTS = 500;

for (const [name, fuzz] of FUZZERS) {
  test(`nothing that the fuzzer of ${name} makes is too much`, () => {
    for (let seed = 1; seed <= INPUTS; seed++) fuzz(new Dice(seed));
  });
}
