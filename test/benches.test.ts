// Small versions of the measurements under bench/, so that they don't rot. What they find out on a
// machine that does other things besides says nothing.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { promisify } from "node:util";

const run = promisify(execFile);

test("what idle connections cost is measured", async (t) => {
  const { found } = await measure(t, "idle-connections.ts");
  const kinds = found.map(({ kind, connections }: Record<string, unknown>) => [kind, connections]);
  assert.deepEqual(kinds, [
    ["plain", 200],
    ["mesh", 50],
  ]);
  for (const { withKiB } of found) assert.ok(withKiB > 1_000);
});

test("what an attack costs is measured, on either side of a sidecar", async (t) => {
  const { honestNsPerByte, figures } = await measure(t, "attacks.ts", "--only", "PING,malformed");
  for (const cost of Object.values<number>(honestNsPerByte)) assert.ok(cost > 0);
  assert.deepEqual(
    figures.map(({ on }: Record<string, unknown>) => on),
    ["mesh", "outbound"],
  );
  for (const { p99Ratio, runs } of figures) {
    assert.ok(p99Ratio > 0);
    for (const { bytes, connections } of runs) assert.ok(bytes > 0 && connections > 0);
  }
});

test("experiments with balancers are run, simulated and with real processes", async (t) => {
  const { simulated, real } = await measure(t, "balancing.ts");
  assert.equal(simulated.length, 16);
  for (const { runs } of simulated) assert.ok(runs[0].success > 0.9 && runs[0].p99Ms > 0);
  const rows = real.map(({ scenario, balancer }: Record<string, unknown>) => [scenario, balancer]);
  assert.deepEqual(
    rows,
    ["a", "b", "c"].flatMap((name) => [
      [name, "round-robin"],
      [name, "peak-ewma"],
    ]),
  );
  for (const { runs } of real) assert.ok(runs[0].requests > 50 && runs[0].success > 0.5);
});

test("what a change costs the control plane is measured", async (t) => {
  const { rows, first } = await measure(t, "control-changes.ts");
  assert.ok(first.compileMs > 0);
  assert.deepEqual(
    rows.map(({ kind, revisions }: Record<string, unknown>) => [kind, revisions]),
    [
      ["readiness", 20],
      ["pod replaced", 0],
      ["slice", 10],
      ["route", 20],
      ["service added", 20],
      ["nothing", 0],
    ],
  );
});

test("how long changes take to the last proxy is measured, with and without slow ones", async (t) => {
  const { phases } = await measure(t, "distribution.ts");
  assert.deepEqual(
    phases.map(({ slow }: Record<string, unknown>) => slow),
    [0, 2],
  );
  for (const { some, all, changes, never, lost } of phases) {
    assert.ok(some.p99Ms > 0 && all.p99Ms > 0);
    assert.equal(some.count + all.count, changes);
    assert.deepEqual([never, lost], [[], []]);
  }
});

// biome-ignore lint/suspicious/noExplicitAny: JSON, as it is kept.
async function measure(t: TestContext, program: string, ...args: string[]): Promise<any> {
  const folder = mkdtempSync(join(tmpdir(), "weft-benches-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const out = join(folder, "found.json");
  await run(process.execPath, [join("bench", program), "--quick", "--out", out, ...args]);
  return JSON.parse(readFileSync(out, "utf8"));
}
