// `npm run coverage`: how many branches of the protocol code are taken by its own tests, by the
// fuzzers and by the sweep of faults. Fails below 98 % of any folder, and names what is left.

import { spawnSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const FOLDERS = ["http1", "http2", "detection", "tunnel"].map((name) => `src/proxy/${name}`);
const LEAST_PERCENT = 98;
const NOT_SHIPPED =
  /\.(test|fuzz|bench)\.ts$|(test-rig|socket-rig|test-tools|raw-peer|splits)\.ts$/;

type Branches = { readonly taken: number; readonly all: number };
type Untaken = { readonly file: string; readonly lines: readonly number[] };

const scratch = mkdtempSync(join(tmpdir(), "weft-coverage-"));
const report = join(scratch, "lcov");
const tests = [
  ...globSync(FOLDERS.map((folder) => `${folder}/*.test.ts`)).sort(),
  "tools/fuzz.test.ts",
  "test/fault-injection.test.ts",
];
const { status } = spawnSync(
  process.execPath,
  [
    "--test",
    "--test-concurrency=1",
    "--test-timeout=240000",
    "--import=./tools/end-hung-file.ts",
    "--experimental-test-coverage",
    ...FOLDERS.map((folder) => `--test-coverage-include=${folder}/*.ts`),
    "--test-reporter=dot",
    "--test-reporter-destination=stdout",
    "--test-reporter=lcov",
    `--test-reporter-destination=${report}`,
    ...tests,
  ],
  { stdio: "inherit" },
);
const text = readFileSync(report, "utf8");
rmSync(scratch, { recursive: true });

const branches = new Map<string, Branches>(FOLDERS.map((name) => [name, { taken: 0, all: 0 }]));
const untaken: Untaken[] = [];
for (const record of text.split("end_of_record")) add(record);

let isEnough = status === 0;
for (const { file, lines } of untaken) {
  process.stdout.write(`${file}: nothing comes by line ${lines.join(", ")}\n`);
}
for (const [folder, { taken, all }] of branches) {
  const percent = (100 * taken) / Math.max(1, all);
  if (!(percent >= LEAST_PERCENT)) isEnough = false;
  process.stdout.write(`${folder}: ${taken} of ${all} branches, ${percent.toFixed(2)} %\n`);
}
process.exit(isEnough ? 0 : 1);

// One file of the report: SF names it, BRDA is "line, block, branch, times taken".
function add(record: string): void {
  const fields = record.split("\n").map((line) => line.split(":", 2) as [string, string]);
  const file = fields.find(([key]) => key === "SF")?.[1] ?? "";
  const folder = FOLDERS.find((name) => file.startsWith(`${name}/`));
  if (folder === undefined || NOT_SHIPPED.test(file)) return;
  const { taken, all } = branches.get(folder)!;
  const count = (key: string) => Number(fields.find(([name]) => name === key)?.[1] ?? 0);
  branches.set(folder, { taken: taken + count("BRH"), all: all + count("BRF") });
  const lines = fields
    .filter(([key, value]) => key === "BRDA" && value.endsWith(",0"))
    .map(([, value]) => Number.parseInt(value, 10));
  if (lines.length > 0) untaken.push({ file, lines: [...new Set(lines)].sort((a, b) => a - b) });
}
