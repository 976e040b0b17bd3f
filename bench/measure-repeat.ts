// One repeat: fresh processes, memory after idling, then each load on each subject, in an order
// that turns round from load to load and from repeat to repeat (A-B-B-A).

import { setTimeout as wait } from "node:timers/promises";
import type { Children } from "./children.ts";
import type { FrozenBuild } from "./frozen-build.ts";
import { startHaproxyPair } from "./haproxy-pair.ts";
import { LOAD_SHAPES, type LoadShape, type Schedule, windowSeconds } from "./load-shapes.ts";
import { loadAverage } from "./machine.ts";
import { measureRun, type Run } from "./measure-run.ts";
import { childrenOf, type Memory, memoryOf } from "./process-figures.ts";
import { putLoad } from "./put-load.ts";
import type { Subject, SubjectName } from "./subject.ts";
import { type StartUp, startWeftPair } from "./weft-pair.ts";

const TRIES = 2;

export type Repeat = {
  readonly repeat: number;
  readonly loadAverage: readonly number[]; // at its start
  readonly startUp: StartUp;
  readonly idle: readonly IdleMemory[];
  readonly runs: readonly Run[]; // in the order of time
};

export type IdleMemory = { readonly subject: SubjectName; readonly role: string } & Memory;

export type RepeatSetting = {
  readonly children: Children;
  readonly build: FrozenBuild;
  readonly schedule: Schedule;
  readonly cores: number;
  readonly mesh: string; // folder
  readonly haproxy: string; // folder
  readonly certificates: string; // folder
  readonly note: (line: string) => void;
};

export async function measureRepeat(repeat: number, setting: RepeatSetting): Promise<Repeat> {
  const { children, build, schedule, mesh, haproxy, certificates } = setting;
  const loadAverageBefore = loadAverage();
  const weft = await startWeftPair(children, build, mesh);
  const { port, pid } = weft.backend;
  const peer = await startHaproxyPair(children, haproxy, certificates, port);
  const direct: Subject = {
    name: "direct",
    url: `http://127.0.0.1:${port}`,
    proxies: [],
    requests: () => Promise.resolve([]),
  };
  const subjects = [weft.subject, peer.subject, direct];
  await wait(schedule.idleMs);
  const idle = subjects.flatMap(idleMemory);
  for (const subject of [weft.subject, peer.subject]) {
    await putLoad(children, build.load, subject, LOAD_SHAPES[0]!, schedule.firstWarmUpSeconds);
  }
  const runs: Run[] = [];
  for (const [at, shape] of LOAD_SHAPES.entries()) {
    const order = (repeat + at) % 2 === 0 ? subjects : subjects.toReversed();
    for (const subject of order) {
      const backendPids = [pid, ...childrenOf(pid)];
      runs.push(...(await measureOnce(repeat, subject, shape, backendPids, setting)));
    }
  }
  await Promise.all([weft.stop(), peer.stop()]);
  return { repeat, loadAverage: loadAverageBefore, startUp: weft.startUp, idle, runs };
}

// Once more if it doesn't count: a machine is sometimes just busy. Both are kept.
async function measureOnce(
  repeat: number,
  subject: Subject,
  shape: LoadShape,
  backendPids: readonly number[],
  { children, build, schedule, cores, note }: RepeatSetting,
): Promise<readonly Run[]> {
  const runs: Run[] = [];
  while (runs.length < TRIES && runs.every(({ refused }) => refused.length > 0)) {
    note(`repeat ${repeat + 1} of ${schedule.repeats}: ${shape.name} on ${subject.name}`);
    const run = await measureRun(subject, shape, {
      children,
      load: build.load,
      backendPids,
      cores,
      warmUpSeconds: schedule.warmUpSeconds,
      windowSeconds: windowSeconds(schedule, subject.name),
    });
    for (const reason of run.refused) note(`  doesn't count: ${reason}`);
    for (const remark of run.remarks) note(`  inexact: ${remark}`);
    runs.push(run);
  }
  return runs;
}

function idleMemory({ name, proxies }: Subject): IdleMemory[] {
  return proxies.map(({ role, pid }) => ({ subject: name, role, ...memoryOf(pid) }));
}
