// `npm test`: types, lint, tidy, unit tests, goldens, integration on loopback. WEFT_TEST=all runs
// everything else besides. Ends with the plain line `N passed, N failed, N skipped`.
//
// Further arguments choose files: `npm test -- src/proxy/http1`.

import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { run } from "node:test";
import { spec } from "node:test/reporters";

// A test that hangs fails by its name; what it leaves open keeps no file's process for ever.
const TEST_TIMEOUT_MS = 240_000;
const CLUSTER_FILES = ["cluster-scale", "kubernetes-control", "kubernetes"].map(
  (name) => `test/all/${name}.test.ts`,
);

type Exempt = { readonly name: string; readonly reason: string };

const everything = process.env["WEFT_TEST"] === "all";
const chosen = process.argv.slice(2);
const exempt: readonly Exempt[] = JSON.parse(readFileSync("test/exempt.json", "utf8"));

let passed = 0;
let failed = 0;
let skipped = 0;

if (chosen.length === 0) {
  command("types", "tsc", ["--noEmit"]);
  command("types of the dashboard", "tsc", ["--noEmit", "-p", "dashboard"]);
  command("lint", "biome", ["check", "--error-on-warnings", "."]);
  if (everything) command("branch coverage", "node", ["tools/coverage.ts"]);
}
const units = ["src", "tools", "bench", "dashboard/src"].map((folder) => `${folder}/**/*.test.ts`);
await suite(filesOf(units), 2);
// Whole meshes, one at a time: they share the machine's two cores with nothing else. Those in a
// cluster are last: its programs are perhaps being built meanwhile.
const meshes = filesOf(["test/**/*.test.ts"]).filter(runsHere);
await suite(
  meshes.filter((path) => !CLUSTER_FILES.includes(path)),
  1,
);
await suite(
  meshes.filter((path) => CLUSTER_FILES.includes(path)),
  1,
);

process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

function filesOf(patterns: readonly string[]): string[] {
  return globSync([...patterns])
    .sort()
    .filter((path) => chosen.length === 0 || chosen.some((part) => path.includes(part)));
}

// test/all/ holds what needs more than loopback and a few minutes.
function runsHere(path: string): boolean {
  return everything || chosen.length > 0 || !path.startsWith("test/all/");
}

function command(name: string, program: string, args: readonly string[]): void {
  const { status } = spawnSync(`node_modules/.bin/${program}`, args, { stdio: "inherit" });
  if (status === 0) passed++;
  else failed++;
  process.stdout.write(`${status === 0 ? "✔" : "✖"} ${name}\n`);
}

async function suite(files: string[], concurrency: number): Promise<void> {
  if (files.length === 0) return;
  const execArgv = ["--import", "./tools/end-hung-file.ts"];
  const stream = run({ files, concurrency, timeout: TEST_TIMEOUT_MS, execArgv });
  stream.on("test:pass", (event) => {
    if (event.skip !== undefined) skip(event.name);
    else if (event.details.type !== "suite") passed++;
  });
  stream.on("test:fail", (event) => {
    if (event.details.type !== "suite") failed++;
  });
  const shown = stream.compose(spec);
  shown.pipe(process.stdout, { end: false });
  await new Promise((resolve) => shown.on("end", resolve));
}

// A skip is a failure unless test/exempt.json gives its reason.
function skip(name: string): void {
  if (exempt.some((entry) => entry.name === name)) skipped++;
  else failed++;
}
