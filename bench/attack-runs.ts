// One attack on one sidecar, alone and beside honest traffic, a few times over.

import { setTimeout as wait } from "node:timers/promises";
import type { AttackKind, Honest } from "./attack-kinds.ts";
import type { AttackRun, Measured } from "./attack-report.ts";
import type { Child } from "./children.ts";
import { closedLoop } from "./load-shapes.ts";
import { anonymousKiB, exactProcessorMs } from "./process-figures.ts";
import type { AttackOrder, AttackResult } from "./put-attack.ts";
import { putLoad } from "./put-load.ts";
import { AHEAD, benchProgram, type RealPair } from "./real-pair.ts";
import type { Rig } from "./rig.ts";
import { childFailure } from "./subject.ts";

export type AttackSize = {
  readonly warmUpSeconds: number;
  readonly seconds: number;
  readonly repeats: number;
  // Of good traffic alone and beside the attack, in turn, in each repeat.
  readonly turns: number;
};

type Run = Measured & { readonly result: AttackResult };

const EXTRA_MS = 30_000;
const SAMPLE_MS = 25;
const SPARE_SECONDS = 1;
const SETTLED_MS = 2_000;
// What an attack leaves to do is no part of what comes after it.
const CALM_MS = 700;
// Attackers have machines of their own: here they get what is left.
const NICE = ["nice", "-n", "19"];
// Beside others it comes back that often.
const COMES_BACK_AFTER_MS = 250;

export const GOOD = {
  ...closedLoop("good", 8),
  ratePerSecond: 500,
  comesBackAfterMs: COMES_BACK_AFTER_MS,
};

export class AttackRuns {
  readonly #rig: Rig;
  readonly #running: RealPair;
  readonly #size: AttackSize;

  constructor(rig: Rig, running: RealPair, size: AttackSize) {
    this.#rig = rig;
    this.#running = running;
    this.#size = size;
  }

  // V8 compiles for the first tens of thousands of requests, and the heap grows to its usual size:
  // large reads, as floods cause them, leave more garbage than small ones.
  async warmUp(): Promise<void> {
    for (const on of ["mesh", "outbound"] as const) await this.honestNsPerByte(on, "small", true);
    await this.honestNsPerByte("outbound", "bodies", true);
  }

  async honestNsPerByte(on: AttackKind["on"], honest: Honest, warmsUp = false): Promise<number> {
    const seconds = warmsUp ? this.#size.warmUpSeconds : this.#size.seconds;
    const { ended } = await this.#begin(undefined, on, { honest, seconds, connections: 16 });
    const run = await ended;
    await wait(CALM_MS);
    return perByteNs(run);
  }

  async of(kind: AttackKind): Promise<readonly AttackRun[]> {
    const runs = [];
    for (let i = 0; i < this.#size.repeats; i++) runs.push(await this.#repeat(kind));
    return runs;
  }

  async #repeat(kind: AttackKind): Promise<AttackRun> {
    const { seconds, turns } = this.#size;
    const { ended } = await this.#begin(kind, kind.on, { seconds: this.#lengthOf(kind) });
    const alone = await ended;
    const p99AloneUs = [];
    const p99BesideUs = [];
    for (let i = 0; i < turns; i++) {
      await wait(CALM_MS);
      p99AloneUs.push(await this.#goodP99Us());
      const beside = await this.#begin(kind, kind.on, {
        seconds: seconds + spareSeconds(kind),
        connections: kind.does === "flood" ? 1 : kind.connections,
        pauseMs: COMES_BACK_AFTER_MS,
      });
      // What those who keep their connections fetch at first is no attack yet.
      if (kind.does !== "flood") await wait(SETTLED_MS);
      p99BesideUs.push(await this.#goodP99Us());
      await beside.ended;
    }
    const { grownKiB } = alone;
    return { ...alone.result, cpuNsPerByte: perByteNs(alone), grownKiB, p99AloneUs, p99BesideUs };
  }

  // Long enough for its end, where it is to have one.
  #lengthOf({ cutWithinMs }: AttackKind): number {
    const { seconds, turns } = this.#size;
    return turns === 1 ? seconds : Math.max(seconds, (cutWithinMs ?? 0) / 1000);
  }

  // Until it is under way: the start of a process takes a core for a while.
  async #begin(
    kind: AttackKind | undefined,
    on: AttackKind["on"],
    options: Partial<Pick<AttackOrder, "honest" | "connections" | "pauseMs">> & {
      readonly seconds: number;
    },
  ): Promise<{ readonly ended: Promise<Run> }> {
    const { pair } = this.#running;
    const role = on === "mesh" ? "inbound" : "outbound";
    const { pid = 0 } = pair.subject.proxies.find((one) => one.role === role) ?? {};
    const target = new URL(on === "mesh" ? `http://${pair.mesh}` : pair.subject.url);
    const order: AttackOrder = {
      ...{ name: kind?.name, on, honest: "small", pauseMs: 0 },
      ...{ connections: kind?.connections ?? 1, ...options },
      ...{ address: target.hostname, port: Number(target.port), path: target.pathname },
      ...{ credentials: pair.credentials, workloadPort: pair.backend.port },
    };
    const command = [...NICE, ...benchProgram("put-attack.ts", order)];
    const child = this.#rig.children.start(kind?.name ?? "honest", command);
    if (!(await child.printed(/^begins$/m, EXTRA_MS))) {
      throw childFailure("The attack didn't begin", child);
    }
    return { ended: watch(child, pid, options.seconds) };
  }

  async #goodP99Us(): Promise<number> {
    const { pair, build } = this.#running;
    const { children } = this.#rig;
    const { seconds } = this.#size;
    const load = [...AHEAD, ...build.load];
    const { latencyUs } = await putLoad(children, load, pair.subject, GOOD, { seconds });
    return latencyUs.p99;
  }
}

async function watch(child: Child, pid: number, seconds: number): Promise<Run> {
  const before = { cpuMs: exactProcessorMs(pid), memory: anonymousKiB(pid) };
  let most = before.memory;
  const watching = setInterval(() => {
    most = Math.max(most, anonymousKiB(pid));
  }, SAMPLE_MS);
  const found = await child.printed(/^\{.*\}$/m, seconds * 1000 + EXTRA_MS);
  clearInterval(watching);
  const cpuMs = exactProcessorMs(pid) - before.cpuMs;
  if (!found) throw childFailure("The attack had no result", child);
  return { cpuMs, grownKiB: most - before.memory, result: JSON.parse(found[0]) };
}

// An attack lasts longer than what is served beside it.
function spareSeconds({ does }: AttackKind): number {
  return SPARE_SECONDS + (does === "flood" ? 0 : SETTLED_MS / 1000);
}

function perByteNs({ cpuMs, result }: Run): number {
  return Math.round((cpuMs * 1e6) / Math.max(1, result.bytes));
}
