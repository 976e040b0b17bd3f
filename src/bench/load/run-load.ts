// Puts a load on a target and says what came of it.

import type { LoadOptions } from "./load-options.ts";
import type { LoadResult } from "./load-result.ts";
import { type LoadHooks, LoadRun } from "./load-run.ts";

// Throws a RangeError or TypeError where the options make no load.
export function runLoad(options: LoadOptions, hooks: LoadHooks = {}): Promise<LoadResult> {
  const { promise, resolve } = Promise.withResolvers<LoadResult>();
  new LoadRun(options, hooks, resolve).start();
  return promise;
}
