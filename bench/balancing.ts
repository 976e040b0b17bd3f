// What the balancers make of servers that are slow or busy: experiments of others, simulated with
// the product's own balancers, and small with real processes.
// `node bench/balancing.ts [--quick] [--out FILE]`; writes docs/reference/balancing.md, unless it
// is told another file or quick.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { type BalancingResult, balancingPage } from "./balancing/page.ts";
import { runRealScenarios } from "./balancing/real-mesh.ts";
import { runScenarios } from "./balancing/scenarios.ts";
import { loadAverage, machine, versions } from "./machine.ts";
import { CHECKOUT } from "./report/result-files.ts";

const { values } = parseArgs({
  options: { quick: { type: "boolean", default: false }, out: { type: "string" } },
});
const { quick } = values;
const seeds = quick ? [1] : [1, 2, 3, 4, 5];
const simulation = { seeds, proxies: quick ? [1] : [1, 10], lengthFactor: quick ? 0.25 : 1 };
const real = quick
  ? { repeats: 1, warmUpSeconds: 1, seconds: 2 }
  : { repeats: 3, warmUpSeconds: 3, seconds: 15 };

const at = new Date().toISOString();
const result: BalancingResult = {
  what: "balancing",
  at,
  command: `node bench/balancing.ts${quick ? " --quick" : ""}`,
  machine: machine(),
  versions: versions(undefined),
  loadAverageBefore: loadAverage(),
  simulated: runScenarios(simulation),
  real: await runRealScenarios(real),
};
const name = `balancing-${at.slice(0, 16).replace(":", "")}.json`;
const path = values.out ?? join("bench", "results", name);
const file = values.out ?? join(CHECKOUT, path);
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, `${JSON.stringify(result, null, 1)}\n`);
if (!quick && values.out === undefined) {
  writeFileSync(join(CHECKOUT, "docs/reference/balancing.md"), balancingPage(result, path));
}
process.stdout.write(`${path}\n`);
