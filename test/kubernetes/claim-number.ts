// A number that no other cluster on this machine has, and with it addresses, ports and names. What a
// killed run has left under its number is cleaned away first.

import { spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Kit } from "./kit.ts";

// Numbers below the first are for clusters that somebody starts by hand.
const FIRST = 10;
const LAST = 39;
const FOLDER = join(tmpdir(), "weft-kubernetes");

export type Claim = {
  readonly number: number;
  // The cluster's own folder, which doesn't exist yet.
  readonly state: string;
  release(): void;
};

export function claimNumber(kit: Kit): Claim {
  mkdirSync(FOLDER, { recursive: true });
  for (const file of readdirSync(FOLDER)) {
    if (file.endsWith(".owner")) cleanIfDead(kit, file);
  }
  const routes = String(spawnSync("ip", ["-4", "route"]).stdout);
  for (let number = FIRST; number <= LAST; number++) {
    const owner = join(FOLDER, `${number}.owner`);
    if (isFree(number, routes) && own(owner)) {
      return { number, state: stateOf(number), release: () => rmSync(owner, { force: true }) };
    }
  }
  throw new Error(`All numbers of clusters from ${FIRST} to ${LAST} are taken: see ${FOLDER}`);
}

function stateOf(number: number): string {
  return join(FOLDER, String(number));
}

function isFree(number: number, routes: string): boolean {
  const networks = [`10.${244 - number}.`, `10.${96 + number}.`, `10.77.${number}.`];
  if (networks.some((network) => routes.includes(network))) return false;
  return !existsSync(`/run/netns/k8s${number}`) && !existsSync(stateOf(number));
}

function own(file: string): boolean {
  try {
    const handle = openSync(file, "wx");
    writeSync(handle, `${process.pid} ${startOf(process.pid)}`);
    closeSync(handle);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function cleanIfDead(kit: Kit, file: string): void {
  const number = Number.parseInt(file, 10);
  const owner = join(FOLDER, file);
  const [pid = "", start = ""] = readFileSync(owner, "utf8").split(" ");
  // Half written just now.
  if (start === "" || startOf(Number(pid)) === start) return;
  const mine = `${owner}.${process.pid}`;
  try {
    renameSync(owner, mine);
  } catch {
    return; // Another one cleans it.
  }
  kit.run("down.sh", stateOf(number), [], number);
  rmSync(mine);
}

// When a process began, in ticks since the machine did: a number may be given twice.
function startOf(pid: number): string {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, "utf8");
    return status.slice(status.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "gone";
  }
}
