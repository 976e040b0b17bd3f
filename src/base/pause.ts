import type { Clock } from "./clock.ts";

// Resolves when so much time of this clock has passed. Nothing ends it sooner.
export function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.after(ms, resolve));
}
