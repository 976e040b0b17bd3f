// One fault at one place of a scenario, for every place that a proxy reads, writes, dials or sets a
// timer at, and two at two of them: nothing may be left behind, and the books must be right.
// `WEFT_TEST=all` runs all of them, else a part. By hand, one: WEFT_FAULT="read 12 error" node --test
// --test-name-pattern="a plain GET" test/fault-injection.test.ts

import assert from "node:assert/strict";
import { test } from "node:test";
import { SCENARIOS } from "./faults/scenarios.ts";
import { complaintsAbout, parseFaults, type Sweep, sweep } from "./faults/sweep.ts";
import { makeIdentities } from "./faults/virtual-mesh.ts";

// Has no divisor in common with the number of kinds at any place.
const PART: Sweep = { stride: 7, pairs: 5 };
const ALL: Sweep = { stride: 1, pairs: 200 };

const one = process.env["WEFT_FAULT"];
const extent = process.env["WEFT_TEST"] === "all" ? ALL : PART;
const identities = await makeIdentities();

for (const scenario of SCENARIOS) {
  const name = `after a fault anywhere in ${scenario.name}, nothing is left and all is counted`;
  test(name, async () => {
    if (one === undefined) return sweep(identities, scenario, extent);
    assert.deepEqual(await complaintsAbout(identities, scenario, parseFaults(one)), []);
  });
}
