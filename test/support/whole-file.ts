// What a whole file of tests has is ended when the last of them is over. An `after` inside of a
// `before` would end it with that.

import { after } from "node:test";

export type Cleanup = { after(run: () => void | Promise<void>): void };

export function wholeFile(): Cleanup {
  const runs: (() => void | Promise<void>)[] = [];
  after(async () => {
    for (const run of runs.reverse()) await run();
  });
  return { after: (run) => void runs.push(run) };
}
