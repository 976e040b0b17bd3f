// Who has which slot: a file for each, made by whoever takes it, removed when he leaves. What a run
// that was killed left behind is ended by the next one.

import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { isRunning, type RecordedProcess } from "#local/is-running.ts";
import { processStart } from "#local/process-start.ts";
import { bootId } from "#local/reap.ts";
import { links } from "./links.ts";
import { NAMESPACE_SLOTS, namespaceAddresses } from "./namespace-addresses.ts";
import { systemCommand } from "./system-command.ts";

const FOLDER = "/run/weft-netns";
const TRIES = 256;

type Claim = {
  readonly boot: string;
  readonly owner: RecordedProcess;
  readonly namespace: string; // "net:[4026532281]"; "" before there is one
};

export class NamespaceClaim {
  readonly slot: number;
  readonly #path: string;

  private constructor(slot: number, path: string) {
    this.slot = slot;
    this.#path = path;
  }

  // Throws where none is free, or the system refuses.
  static take(): NamespaceClaim {
    mkdirSync(FOLDER, { recursive: true, mode: 0o700 });
    for (let i = 0; i < TRIES; i++) {
      const slot = (process.pid + i) % NAMESPACE_SLOTS;
      const claim = new NamespaceClaim(slot, join(FOLDER, `${slot}.json`));
      if (claim.#write("", "wx")) return claim;
    }
    throw new Error(`no address is free: see ${FOLDER}`);
  }

  // From now on somebody else can end what is in it.
  hold(namespace: string): void {
    this.#write(namespace, "w");
  }

  release(): void {
    rmSync(this.#path, { force: true });
  }

  #write(namespace: string, flag: "w" | "wx"): boolean {
    const owner = { pid: process.pid, startTime: processStart(process.pid) };
    const claim: Claim = { boot: bootId(), owner, namespace };
    try {
      writeFileSync(this.#path, JSON.stringify(claim), { flag, mode: 0o600 });
      return true;
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
      throw error;
    }
  }
}

// Ends what runs in namespaces whose owner is gone. How many there were.
export function reapNamespaces(): number {
  return fileNames(FOLDER).filter((name) => /^\d+\.json$/.test(name) && reap(name)).length;
}

function reap(name: string): boolean {
  const path = join(FOLDER, name);
  const claim = readClaim(path);
  if (claim && claim.boot === bootId() && isRunning(claim.owner)) return false;
  // Only one of several who find it ends it.
  const taken = `${path}.${process.pid}`;
  try {
    renameSync(path, taken);
  } catch {
    return false;
  }
  const { link } = namespaceAddresses(Number.parseInt(name, 10));
  // Without its cable the namespace is gone, and its number maybe another one's.
  if (claim?.namespace && links().includes(link)) {
    for (const pid of processesIn(claim.namespace)) tryToKill(pid);
    tryTo(() => systemCommand("ip", "link", "delete", link));
  }
  rmSync(taken, { force: true });
  return true;
}

function processesIn(namespace: string): readonly number[] {
  return fileNames("/proc")
    .filter((name) => /^\d+$/.test(name) && namespaceOf(name) === namespace)
    .map(Number);
}

// "net:[4026532281]"; "" where there is no such process.
export function namespaceOf(pid: number | string): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return "";
  }
}

function readClaim(path: string): Claim | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Claim;
  } catch {
    return undefined;
  }
}

function fileNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function tryToKill(pid: number): void {
  tryTo(() => process.kill(pid, "SIGKILL"));
}

// It may be gone by now.
function tryTo(act: () => unknown): void {
  try {
    act();
  } catch {}
}
