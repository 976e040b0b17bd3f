// Where and with what was measured.

import { execFileSync, spawnSync } from "node:child_process";
import { arch, cpus, loadavg, release, totalmem, type } from "node:os";
import { join } from "node:path";

const CHECKOUT = join(import.meta.dirname, "..");

export type Machine = {
  readonly cpu: string;
  readonly cores: number;
  readonly architecture: string;
  readonly kernel: string;
  readonly memoryMiB: number;
};

export type Versions = {
  readonly weft: string; // git revision
  readonly weftSourcesChanged: boolean; // src/ differs from that revision
  readonly node: string;
  readonly haproxy: string;
  readonly nginx: string;
};

export function machine(): Machine {
  const found = cpus();
  return {
    cpu: found[0]?.model ?? "unknown",
    cores: found.length,
    architecture: arch(),
    kernel: `${type()} ${release()}`,
    memoryMiB: Math.round(totalmem() / 2 ** 20),
  };
}

// `revision`: what was built; undefined: the checkout as it is.
export function versions(revision: string | undefined): Versions {
  return {
    weft: git("rev-parse", revision ?? "HEAD"),
    weftSourcesChanged: revision === undefined && git("status", "--porcelain", "--", "src") !== "",
    node: spoken(join(CHECKOUT, "node_modules", ".bin", "node"), "--version").trim(),
    haproxy: firstMatch(spoken("haproxy", "-v"), /version (\S+)/),
    nginx: firstMatch(spoken("nginx", "-v"), /nginx\/(\S+)/),
  };
}

export function loadAverage(): readonly number[] {
  return loadavg().map((load) => Number(load.toFixed(2)));
}

// What pairs are compared with, by how each tells its version.
export const PEERS: Readonly<Record<string, string>> = {
  haproxy: "-v",
  nginx: "-v",
  openssl: "version",
};

// Programs that are needed and not there.
export function missingPrograms(needs: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(needs)
    .filter(([program, argument]) => spawnSync(program, [argument]).error !== undefined)
    .map(([program]) => program);
}

function git(...args: string[]): string {
  return execFileSync("git", args, { cwd: CHECKOUT, encoding: "utf8" }).trim();
}

// nginx tells its version on standard error.
function spoken(program: string, argument: string): string {
  const { stdout, stderr } = spawnSync(program, [argument], { encoding: "utf8" });
  return `${stdout}${stderr}`;
}

function firstMatch(text: string, pattern: RegExp): string {
  return pattern.exec(text)?.[1] ?? "unknown";
}
