// One repeat of a group: fresh processes, warm-up, then each load on each subject, in an order that
// turns round from load to load and from repeat to repeat (A-B-B-A).

import type { Bench } from "./contenders.ts";
import { startContender } from "./contenders.ts";
import { closedLoop, type LoadShape } from "./load-shapes.ts";
import { loadAverage } from "./machine.ts";
import { measureRun, type Run } from "./measure-run.ts";
import { type NginxBackend, startNginx } from "./peers/nginx-backend.ts";
import type { Group, GroupLoad } from "./proxy-rows.ts";
import { putLoad } from "./put-load.ts";
import type { Schedule } from "./schedule.ts";
import type { Started, Subject } from "./subject.ts";

const TRIES = 2;
const WARM_UP_SECONDS_MAX = 30;
const RATE_GRAIN = 100;
// Some proxies count a connection that closes without a request as one, so each must get some.
const RATE_LEAST = 500;

export type GroupRepeat = {
  readonly loadAverage: readonly number[]; // at its start
  readonly ratePerSecond: number | undefined; // of the open loop
  readonly runs: readonly Run[]; // in the order of time
};

export type GroupSetting = Bench & {
  readonly schedule: Schedule;
  readonly given: readonly Subject[]; // that somebody else started
  // As the first repeat found it out.
  readonly ratePerSecond: number | undefined;
};

export async function measureGroup(
  repeat: number,
  group: Group,
  setting: GroupSetting,
): Promise<GroupRepeat> {
  const { schedule, folder, children } = setting;
  const at = `${group.way}-${repeat}`;
  const average = loadAverage();
  const backend = await startNginx(children, `${folder}/${at}-nginx`);
  const started: Started[] = [];
  for (const name of [...group.contenders, "direct"] as const) {
    started.push(await startContender(setting, name, group.way, backend, `${at}-${name}`));
  }
  const subjects = [...started.map(({ subject }) => subject), ...setting.given];
  for (const subject of subjects) await warmUp(subject, group.warmUp, setting);
  const isPaced = group.loads.some((load) => load.isPaced);
  const ratePerSecond = isPaced ? await rateFor(subjects, setting) : undefined;
  const runs: Run[] = [];
  for (const [i, load] of group.loads.entries()) {
    const among = subjects.filter((subject) => isOn(load, subject, setting.given));
    const shape = load.isPaced ? { ...load.shape, ratePerSecond } : load.shape;
    if (load.warmUp) {
      for (const subject of among) await warmUp(subject, [load.warmUp], setting);
    }
    const seconds = load.isPaced ? schedule.pacedSeconds : schedule.windowSeconds;
    for (const subject of (repeat + i) % 2 === 0 ? among : among.toReversed()) {
      setting.note(`repeat ${repeat + 1} of ${schedule.repeats}: ${shape.name} on ${subject.name}`);
      runs.push(...(await measureOnce(subject, shape, seconds, backend, setting)));
    }
  }
  await Promise.all(started.map((one) => one.stop()));
  await backend.stop();
  return { loadAverage: average, ratePerSecond, runs };
}

// Nobody knows where a given peer's backend has large bodies.
function isOn({ on, shape }: GroupLoad, subject: Subject, given: readonly Subject[]): boolean {
  const isGiven = given.includes(subject) && shape.body === "small";
  return isGiven || on.some((name) => name === subject.name);
}

async function warmUp(
  subject: Subject,
  shapes: readonly LoadShape[],
  { children, build, schedule }: GroupSetting,
): Promise<void> {
  if (subject.proxies.length === 0) return;
  const isWeft = subject.name === "weft";
  const most = isWeft ? schedule.warmUpRequests : schedule.peerWarmUpRequests;
  for (const shape of shapes) {
    // A new connection for each request warms the same code, and costs more time.
    const requests = shape.keepsAlive ? most : Math.ceil(most / 8);
    await putLoad(children, build.load, subject, shape, { seconds: WARM_UP_SECONDS_MAX, requests });
  }
}

// Half of what Envoy's pair can do.
async function rateFor(
  subjects: readonly Subject[],
  { children, build, schedule, ratePerSecond }: GroupSetting,
): Promise<number> {
  if (ratePerSecond !== undefined) return ratePerSecond;
  const envoy = subjects.find(({ name }) => name === "envoy")!;
  const shape = closedLoop("capacity", 64);
  const amount = { seconds: schedule.capacitySeconds };
  const result = await putLoad(children, build.load, envoy, shape, amount);
  const half = result.ratePerSecond.achieved / 2;
  return Math.max(RATE_LEAST, Math.round(half / RATE_GRAIN) * RATE_GRAIN);
}

// Once more if it doesn't count: a machine is sometimes just busy. Both are kept.
async function measureOnce(
  subject: Subject,
  shape: LoadShape,
  windowSeconds: number,
  backend: NginxBackend,
  { children, build, schedule, cores, note }: GroupSetting,
): Promise<readonly Run[]> {
  const runs: Run[] = [];
  while (runs.length < TRIES && runs.every(({ refused }) => refused.length > 0)) {
    const run = await measureRun(subject, shape, {
      ...{ children, load: build.load, backendPids: backend.pids, cores, windowSeconds },
      ...{ warmUpSeconds: schedule.warmUpSeconds, isTimed: schedule.isTimed },
    });
    for (const reason of run.refused) note(`  doesn't count: ${reason}`);
    runs.push(run);
  }
  return runs;
}
