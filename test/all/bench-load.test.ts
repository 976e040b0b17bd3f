// Small versions of the measurements that need nginx, so that they don't rot.

import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, type TestContext, test } from "node:test";
import { promisify } from "node:util";

const run = promisify(execFile);

before(() => void execFileSync("sh", ["tools/setup-peers.sh"]));

test("a soak counts every request while documents change", async (t) => {
  const { requests, changes, lastChangeArrived, stretches } = await measure(t, "soak.ts");
  assert.deepEqual([requests, lastChangeArrived], [4_000, true]);
  assert.ok(changes > 0);
  assert.deepEqual(
    stretches.map(({ counted }: Record<string, unknown>) => counted),
    [
      [2_000, 2_000],
      [4_000, 4_000],
    ],
  );
});

test("sidecars are measured beside meshes of different sizes", async (t) => {
  const { rows } = await measure(t, "mesh-size.ts");
  assert.deepEqual(
    rows.map(({ services, role }: Record<string, unknown>) => [services, role]),
    [
      [10, "outbound"],
      [10, "inbound"],
      [500, "outbound"],
      [500, "inbound"],
    ],
  );
  for (const { usedKiB } of rows) assert.ok(usedKiB.median > 1_000);
});

test("the load is checked against others, as far as they are there", async (t) => {
  const { missing, comparisons } = await measure(t, "check-load.ts");
  const compared = new Set(comparisons.map(({ tool }: Record<string, unknown>) => tool));
  const wanted = ["hey", "h2load"].filter((tool) => !missing.includes(tool));
  assert.deepEqual([...compared], wanted);
  for (const { ours, theirs } of comparisons) assert.ok(ours > 0 && theirs > 0);
});

test("what observing costs is measured, feature by feature", async (t) => {
  const { rows, measured } = await measure(t, "overhead.ts");
  assert.deepEqual(
    rows.map(({ with: feature, without, pairs }: Record<string, unknown>) => {
      return [feature, without, pairs];
    }),
    [
      ["counts", "off", 1],
      ["metrics", "counts", 1],
      ["metrics", "off", 1],
      ["access-log", "metrics", 1],
      ["tracing", "metrics", 1],
      ["unkept", "off", 1],
      ["full", "off", 1],
      ["full-twice", "off", 1],
    ],
  );
  for (const { cpuUs } of measured) assert.ok(cpuUs > 0);
});

// biome-ignore lint/suspicious/noExplicitAny: JSON, as it is kept.
async function measure(t: TestContext, program: string, ...args: string[]): Promise<any> {
  const folder = mkdtempSync(join(tmpdir(), "weft-benches-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const out = join(folder, "found.json");
  await run(process.execPath, [join("bench", program), "--quick", "--out", out, ...args]);
  return JSON.parse(readFileSync(out, "utf8"));
}
