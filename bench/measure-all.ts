// All parts of a measurement, one after the other. What fails in one of them spoils that part only,
// and is told with the rest.

import type { Bench } from "./contenders.ts";
import { invalidRuns } from "./invalid-runs.ts";
import { type GroupRepeat, measureGroup } from "./measure-group.ts";
import { measureIdle } from "./measure-idle.ts";
import { measureIdleConnections } from "./measure-idle-connections.ts";
import { measureStart } from "./measure-start.ts";
import type { Way } from "./peers/peer-setting.ts";
import type { ProxyResult } from "./proxy-result.ts";
import { type Group, groupsWith, type RowName } from "./proxy-rows.ts";
import type { Schedule } from "./schedule.ts";
import type { Subject } from "./subject.ts";

export type Asked = {
  readonly rows: readonly RowName[];
  readonly schedule: Schedule;
  readonly given: Readonly<Record<Way, readonly Subject[]>>;
  readonly revision: string | undefined;
};

type Found = Pick<ProxyResult, "groups" | "idle" | "start" | "idleConnections" | "invalid">;

export async function measureAll(bench: Bench, asked: Asked): Promise<Found> {
  const failures: string[] = [];
  const part = async <T>(name: string, measure: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await measure();
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      bench.note(`  failed: ${said}`);
      // Without the lines that somebody left behind, and the paths in them.
      failures.push(`${name}: ${said.replace(/;[^;\n]*\n.*$/s, "")}`);
      return undefined;
    }
  };
  const { rows, schedule, revision } = asked;
  const groups = [];
  for (const group of groupsWith(rows)) {
    groups.push({ way: group.way, repeats: await measureRepeats(bench, asked, group, part) });
  }
  const wants = (...some: readonly RowName[]) => some.some((row) => rows.includes(row));
  const idle = wants("memory", "idle-cpu")
    ? await part("idle", () => measureIdle(bench, schedule))
    : [];
  const start = wants("start")
    ? await part("start", () => measureStart(bench, schedule.repeats))
    : [];
  const idleConnections = wants("idle-connections")
    ? await part("idle-connections", () =>
        measureIdleConnections(bench, revision, !schedule.isTimed),
      )
    : [];
  const invalid = groups.flatMap(({ way, repeats }) => invalidRuns(way, repeats));
  return {
    ...{ groups, idle: idle ?? [], start: start ?? [], idleConnections: idleConnections ?? [] },
    invalid: [...invalid, ...failures],
  };
}

async function measureRepeats(
  bench: Bench,
  { schedule, given }: Asked,
  group: Group,
  part: <T>(name: string, measure: () => Promise<T>) => Promise<T | undefined>,
): Promise<readonly GroupRepeat[]> {
  const repeats: GroupRepeat[] = [];
  for (let i = 0; i < schedule.repeats; i++) {
    const ratePerSecond = repeats[0]?.ratePerSecond;
    const setting = { ...bench, schedule, given: given[group.way], ratePerSecond };
    const name = `${group.way}, repeat ${i + 1}`;
    const repeat = await part(name, () => measureGroup(i, group, setting));
    if (repeat !== undefined) repeats.push(repeat);
  }
  return repeats;
}
