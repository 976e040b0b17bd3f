// The surroundings as they really are.

import { dirname } from "node:path";
import { systemClock } from "#base/clock.ts";
import { systemRandom } from "#base/random.ts";
import { type Executables, ownExecutables } from "./executables.ts";
import { packageVersion } from "./package-root.ts";
import { ProcessList } from "./process-list.ts";
import { runtimeEnvironment } from "./runtime-environment.ts";
import type { StateFolder } from "./state-folder.ts";
import type { Workshop } from "./workshop.ts";

export function workshopFor(
  state: StateFolder,
  note: (sentence: string) => void,
  executables: Executables = ownExecutables(),
): Workshop {
  const entries = Object.entries(process.env);
  const inherited = new Map(
    entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
  return {
    version: packageVersion(),
    clock: systemClock,
    random: systemRandom,
    state,
    processes: new ProcessList(state, note),
    executables,
    runtimeEnvironment: runtimeEnvironment(inherited, state.cache),
    inherited,
    nodeFolder: dirname(process.execPath),
    note,
  };
}
