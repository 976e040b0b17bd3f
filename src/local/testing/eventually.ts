// Waits until something holds; what doesn't within the limit fails the test.

import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";

const LOOK_MS = 10;

export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinMs = 5_000,
): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > endMs) assert.fail(`not within ${withinMs} ms: ${what}`);
    await wait(LOOK_MS);
  }
}
