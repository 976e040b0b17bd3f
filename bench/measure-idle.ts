// What pairs of proxies take that have nothing to do: memory and processor time. All pairs of all
// subjects rest side by side, so that every one of them is measured over the same seconds.

import { setTimeout as wait } from "node:timers/promises";
import { type Bench, startContender } from "./contenders.ts";
import { closedLoop } from "./load-shapes.ts";
import { startNginx } from "./peers/nginx-backend.ts";
import { exactProcessorMs, type Memory, memoryOf } from "./process-figures.ts";
import { putLoad } from "./put-load.ts";
import type { Schedule } from "./schedule.ts";
import type { Started } from "./subject.ts";

export type Idle = {
  readonly subject: string;
  readonly role: string;
  readonly repeat: number;
  readonly memory: Memory;
  readonly cpuShare: number; // of one core
};

// Enough that the proxies know each other.
const FIRST_REQUESTS = 50;

export async function measureIdle(bench: Bench, schedule: Schedule): Promise<readonly Idle[]> {
  const backend = await startNginx(bench.children, `${bench.folder}/idle-nginx`);
  const started: (Started & { readonly repeat: number })[] = [];
  for (let repeat = 0; repeat < schedule.repeats; repeat++) {
    for (const name of ["weft", "haproxy", "envoy"] as const) {
      const at = `idle-${repeat}-${name}`;
      const one = await startContender(bench, name, "pair", backend, at);
      const amount = { seconds: 5, requests: FIRST_REQUESTS };
      await putLoad(bench.children, bench.build.load, one.subject, closedLoop("few", 4), amount);
      started.push({ ...one, repeat });
    }
  }
  bench.note(`${started.length} idle pairs for ${schedule.idleSeconds} s`);
  await wait(schedule.restSeconds * 1000);
  const proxies = started.flatMap(({ subject, repeat }) =>
    subject.proxies.map((proxy) => ({ ...proxy, subject: subject.name, repeat })),
  );
  const before = proxies.map(({ pid }) => exactProcessorMs(pid));
  const beganMs = performance.now();
  await wait(schedule.idleSeconds * 1000);
  const elapsedMs = performance.now() - beganMs;
  const idle = proxies.map(({ subject, role, repeat, pid }, i) => ({
    ...{ subject, role, repeat, memory: memoryOf(pid) },
    cpuShare: Number(((exactProcessorMs(pid) - before[i]!) / elapsedMs).toFixed(6)),
  }));
  await Promise.all(started.map((one) => one.stop()));
  await backend.stop();
  return idle;
}
