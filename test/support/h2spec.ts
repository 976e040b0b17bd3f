// Runs h2spec, the conformance suite for HTTP/2, against a listener on loopback.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PACKAGE = "github.com/summerwind/h2spec/cmd/h2spec";
const VERSION = "v2.2.1+incompatible";

export type Conformance = {
  readonly passed: number;
  readonly skipped: number;
  // What the case is called, and what it says that it wanted and got.
  readonly failed: readonly string[];
};

// The program's path.
export function installH2spec(): string {
  const script = ["tools/install-go-tool.sh", "h2spec", PACKAGE, VERSION, "--version"];
  const { status, stdout } = spawnSync("sh", script, { stdio: ["ignore", "pipe", "inherit"] });
  assert.equal(status, 0, "h2spec cannot be installed");
  return String(stdout).trim();
}

// All cases, the strict ones too.
export async function runH2spec(
  program: string,
  { address, port }: { readonly address: string; readonly port: number },
  options: readonly string[] = [],
): Promise<Conformance> {
  const folder = mkdtempSync(join(tmpdir(), "weft-h2spec-"));
  const report = join(folder, "report.xml");
  const target = ["-h", address, "-p", String(port), ...options];
  const child = spawn(program, ["-S", "-j", report, ...target], { stdio: "ignore" });
  await new Promise((resolve) => child.once("exit", resolve));
  const text = readFileSync(report, "utf8");
  rmSync(folder, { recursive: true });
  return parseReport(text);
}

function parseReport(text: string): Conformance {
  const cases = text.split("<testcase ").slice(1);
  const skipped = cases.filter((one) => one.includes("<skipped"));
  const failed = cases.filter((one) => /<(failure|error)[ >]/.test(one));
  return {
    passed: cases.length - skipped.length - failed.length,
    skipped: skipped.length,
    failed: failed.map((one) => one.replaceAll(/\s+/g, " ").slice(0, 400)),
  };
}
