// iptables as programs: which of them this kernel has, its nat table as text, and changes to it.
// Both kinds print and read the same text; what differs is where the kernel keeps the rules.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { installText, natDifferences, removalText } from "./nat-changes.ts";
import { natRules } from "./nat-rules.ts";
import type { RuleFamily, RuleSettings } from "./rule-settings.ts";

// The first is what kernels of today have.
const KINDS = ["nft", "legacy"] as const;
const LOCK_WAIT_SECONDS = "10";
const RUN_MS_MAX = 30_000;
const FOLDERS = "/usr/sbin:/sbin:/usr/bin:/bin";
// Its usual place, /run, may be read-only in a container.
const LOCK_FILE = "/dev/shm/weft-xtables.lock";

export type RuleOutcome =
  | { readonly kind: "done"; readonly by: string }
  | { readonly kind: "failed"; readonly reasons: readonly string[] };

export type RuleReading =
  | { readonly kind: "read"; readonly by: string; readonly differences: readonly string[] }
  | { readonly kind: "unreadable"; readonly reasons: readonly string[] };

type Table = { readonly kind: string; readonly nat: string };

// Twice is once. What another kind holds of ours goes: both would redirect.
export function installRules(settings: RuleSettings, family: RuleFamily): RuleOutcome {
  const rules = natRules(settings, family);
  const { tables, reasons } = readTables(family);
  const failures = [...reasons];
  for (const { kind, nat } of tables) {
    const failure = restore(family, kind, installText(rules, nat));
    if (failure !== undefined) {
      failures.push(failure);
      continue;
    }
    const others = tables.filter((table) => table.kind !== kind);
    for (const other of others) restore(family, other.kind, removalText(other.nat));
    return { kind: "done", by: `${program(family)}-${kind}` };
  }
  return { kind: "failed", reasons: failures };
}

export function removeRules(family: RuleFamily): RuleOutcome {
  const { tables, reasons } = readTables(family);
  if (tables.length === 0) return { kind: "failed", reasons };
  const failures = tables.flatMap(({ kind, nat }) => restore(family, kind, removalText(nat)) ?? []);
  if (failures.length > 0) return { kind: "failed", reasons: failures };
  return { kind: "done", by: tables.map(({ kind }) => `${program(family)}-${kind}`).join(", ") };
}

// Held against what should be there.
export function readRules(settings: RuleSettings, family: RuleFamily): RuleReading {
  const { tables, reasons } = readTables(family);
  const rules = natRules(settings, family);
  const readings = tables.map(({ kind, nat }) => ({
    kind: "read" as const,
    by: `${program(family)}-${kind}`,
    differences: natDifferences(rules, nat),
  }));
  const fewest = readings.sort((a, b) => a.differences.length - b.differences.length)[0];
  return fewest ?? { kind: "unreadable", reasons };
}

function readTables(family: RuleFamily): { tables: readonly Table[]; reasons: readonly string[] } {
  const tables: Table[] = [];
  const reasons: string[] = [];
  for (const kind of KINDS) {
    // To ask for a legacy table is to make it: only where there is nothing else, or it is there.
    if (kind === "legacy" && tables.length > 0 && !hasLegacyNat(family)) continue;
    const { output, failure } = call(`${program(family)}-${kind}-save`, ["-t", "nat"], "");
    if (failure === undefined) tables.push({ kind, nat: output });
    else reasons.push(failure);
  }
  return { tables, reasons };
}

function hasLegacyNat(family: RuleFamily): boolean {
  try {
    const path = family === "IPv4" ? "/proc/net/ip_tables_names" : "/proc/net/ip6_tables_names";
    return readFileSync(path, "latin1").split("\n").includes("nat");
  } catch {
    return false;
  }
}

// The reason where it fails.
function restore(family: RuleFamily, kind: string, text: string): string | undefined {
  if (text === "") return undefined;
  const args = ["--noflush", "-w", LOCK_WAIT_SECONDS];
  return call(`${program(family)}-${kind}-restore`, args, text).failure;
}

function program(family: RuleFamily): string {
  return family === "IPv4" ? "iptables" : "ip6tables";
}

function call(
  name: string,
  args: readonly string[],
  input: string,
): { output: string; failure: string | undefined } {
  const { status, signal, error, stdout, stderr } = spawnSync(name, args, {
    input,
    env: { PATH: FOLDERS, XTABLES_LOCKFILE: LOCK_FILE },
    encoding: "utf8",
    timeout: RUN_MS_MAX,
  });
  if (status === 0) return { output: stdout, failure: undefined };
  const said = stderr?.trim().split("\n")[0];
  const how = error ? error.message : said || `ended with ${signal ?? status}`;
  return { output: "", failure: `${name}: ${how}` };
}
