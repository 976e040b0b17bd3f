// A command that runs on one core alone, where there are several and `taskset` is there: what asks and
// what is asked then take nothing from each other, however many threads a tool has.

import { machine, missingPrograms } from "./machine.ts";

export function onCore(core: number, command: readonly string[]): readonly string[] {
  const canPin = machine().cores > core && missingPrograms({ taskset: "--version" }).length === 0;
  return canPin ? ["taskset", "--cpu-list", String(core), ...command] : command;
}
