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

type BeginOptions = Partial<Pick<AttackOrder, "honest" | "connections" | "pauseMs">> & {
  readonly seconds: number;
};

type Run = Measured & { readonly result: AttackResult };

const EXTRA_MS = 30_000;
const SAMPLE_MS = 25;
// What those who keep their connections fetch at first is no attack yet: until the proxy does next
// to nothing any more.
const SETTLE_SECONDS_MAX = 15;
const SETTLE_LOOK_MS = 300;
const SETTLED_SHARE = 0.1;
// Longer than what is served beside it.
const SPARE_SECONDS = 5;
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
    const run = await this.#put(undefined, on, { honest, seconds, connections: 16 });
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
    const alone = await this.#put(kind, kind.on, { seconds: this.#lengthOf(kind) });
    const p99AloneUs = [];
    const p99BesideUs = [];
    for (let i = 0; i < turns; i++) {
      await wait(CALM_MS);
      p99AloneUs.push(await this.#goodP99Us());
      const isFlood = kind.does === "flood";
      const beside = await this.#begin(kind, kind.on, {
        seconds: seconds + SPARE_SECONDS + (isFlood ? 0 : SETTLE_SECONDS_MAX),
        connections: isFlood ? 1 : kind.connections,
        pauseMs: COMES_BACK_AFTER_MS,
      });
      if (!isFlood) await this.#settle(beside);
      p99BesideUs.push(await this.#goodP99Us());
      await beside.stop();
    }
    const { grownKiB } = alone;
    return { ...alone.result, cpuNsPerByte: perByteNs(alone), grownKiB, p99AloneUs, p99BesideUs };
  }

  // Long enough for its end, where it is to have one.
  #lengthOf({ cutWithinMs }: AttackKind): number {
    const { seconds, turns } = this.#size;
    return turns === 1 ? seconds : Math.max(seconds, (cutWithinMs ?? 0) / 1000);
  }

  async #settle(attack: Child): Promise<void> {
    await attack.printed(/^settled$/m, SETTLE_SECONDS_MAX * 1000);
    const { proxies } = this.#running.pair.subject;
    const cpuMs = () => proxies.reduce((sum, { pid }) => sum + exactProcessorMs(pid), 0);
    for (let ms = 0; ms < SETTLE_SECONDS_MAX * 1000; ms += SETTLE_LOOK_MS) {
      const before = cpuMs();
      await wait(SETTLE_LOOK_MS);
      if (ms > 0 && cpuMs() - before < SETTLE_LOOK_MS * SETTLED_SHARE) return;
    }
  }

  async #put(
    kind: AttackKind | undefined,
    on: AttackKind["on"],
    options: BeginOptions,
  ): Promise<Run> {
    return watch(await this.#begin(kind, on, options), this.#pidOf(on), options.seconds);
  }

  // Until it is under way: the start of a process takes a core for a while.
  async #begin(
    kind: AttackKind | undefined,
    on: AttackKind["on"],
    options: BeginOptions,
  ): Promise<Child> {
    const { pair } = this.#running;
    const target = new URL(on === "mesh" ? `http://${pair.mesh}` : pair.subject.url);
    const order: AttackOrder = {
      ...{ name: kind?.name, on, honest: "small", pauseMs: 0 },
      ...{ connections: kind?.connections ?? 1, ...options },
      ...{ address: target.hostname, port: Number(target.port), path: target.pathname },
      ...{ credentials: pair.credentials, workloadPort: pair.backend.port },
    };
    // Who is starved says late, and all at once, what is to come now and then.
    const rank = kind?.does === "trickle" ? AHEAD : NICE;
    const command = [...rank, ...benchProgram("put-attack.ts", order)];
    const child = this.#rig.children.start(kind?.name ?? "honest", command);
    if (!(await child.printed(/^begins$/m, EXTRA_MS))) {
      throw childFailure("The attack didn't begin", child);
    }
    return child;
  }

  #pidOf(on: AttackKind["on"]): number {
    const role = on === "mesh" ? "inbound" : "outbound";
    return this.#running.pair.subject.proxies.find((one) => one.role === role)?.pid ?? 0;
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

function perByteNs({ cpuMs, result }: Run): number {
  return Math.round((cpuMs * 1e6) / Math.max(1, result.bytes));
}
