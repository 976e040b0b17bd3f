// What everything that keeps a process needs of its surroundings.

import type { Clock } from "#base/clock.ts";
import type { Random } from "#base/random.ts";
import type { ChildProcess } from "./child-process.ts";
import type { Executables } from "./executables.ts";
import type { StateFolder } from "./state-folder.ts";

export type Workshop = {
  readonly version: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly state: StateFolder;
  // Remembers what runs, for whoever must end it after a crash.
  readonly processes: { add(process: ChildProcess, name: string): void };
  readonly executables: Executables;
  readonly runtimeEnvironment: ReadonlyMap<string, string>;
  // What applications inherit of ours.
  readonly inherited: ReadonlyMap<string, string>;
  readonly nodeFolder: string;
  // A sentence for people.
  readonly note: (sentence: string) => void;
};
