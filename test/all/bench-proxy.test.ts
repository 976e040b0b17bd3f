// The measurement beside HAProxy and Envoy, as short as it gets: that it sets up its peers, measures
// every row and says so. What it finds out on a machine that does other things besides says nothing.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const LOADS = [
  ...["plain-64", "plain-8", "pair-64", "pair-8"],
  ...["no-keep-alive-32", "no-keep-alive-64", "no-keep-alive-128"],
  ...["latency", "bodies-1MiB", "http2-4x16"],
];

test("a short run measures every row, for Weft and for its peers", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "weft-bench-proxy-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const out = join(folder, "found.json");
  const { status, stderr } = spawnSync(
    process.execPath,
    ["bench/proxy.ts", "--quick", "--out", out],
    { encoding: "utf8" },
  );
  assert.equal(status, 0, stderr);
  const found = JSON.parse(readFileSync(out, "utf8"));
  const runs = found.groups.flatMap((group: Found) => group.repeats).flatMap(runsOf);
  for (const load of LOADS) {
    for (const subject of ["weft", "haproxy", "envoy"]) {
      const run = runs.find((one: Found) => one.load === load && one.subject === subject);
      assert.ok(run?.requests > 0, `${load} on ${subject}`);
    }
  }
  assert.equal(found.idle.length, 6);
  assert.equal(found.start.length, 1);
  assert.deepEqual(
    found.idleConnections.map(({ kind }: Found) => kind),
    ["plain", "mesh"],
  );
});

// biome-ignore lint/suspicious/noExplicitAny: JSON, as it is kept.
type Found = any;

function runsOf(repeat: Found): Found {
  return repeat.runs;
}
