// Where a command runs: what it may read, where it writes, and how it says how it went.

import type { FileSystem } from "#base/file-system.ts";

export type Surroundings = {
  readonly files: FileSystem;
  readonly workingFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  // Colours and progress go to people only.
  readonly isTerminal: boolean;
  // Where there is one on both sides: for live views.
  readonly terminal?: Terminal | undefined;
  readonly version: string;
  // All of the standard input.
  input(): Promise<string>;
  out(text: string): void;
  error(text: string): void;
  exit(code: ExitCode): void; // when it's over
};

export type Terminal = {
  size(): { readonly columns: number; readonly rows: number };
  // Keys come one by one until what it returns is called.
  onKey(pressed: (key: string) => void): () => void;
};

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT = {
  ok: 0,
  finding: 1, // or a failed check
  usage: 2,
  unreachable: 3,
} as const;
