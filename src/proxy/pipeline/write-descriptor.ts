// Writes bytes to a descriptor without waiting for its reader: a thread of Node's does. The
// process' own stdout waits itself where it is a pipe.

import { write } from "node:fs";
import type { Clock } from "#base/clock.ts";
import type { WriteBytes } from "#proxy/telemetry/access-log.ts";

const AGAIN_MS = 50;
// A reader that takes nothing for so long is gone.
const TRIES_MAX = 100;

export function writeDescriptor(descriptor: number, clock: Clock): WriteBytes {
  return (bytes, done) => {
    const go = (from: number, triesLeft: number): void =>
      write(descriptor, bytes, from, bytes.length - from, null, (error, written) => {
        const isFull = error?.code === "EAGAIN";
        if (error && (!isFull || triesLeft === 0)) return done(false);
        if (isFull) return void clock.after(AGAIN_MS, () => go(from, triesLeft - 1));
        const at = from + written;
        if (at < bytes.length) go(at, TRIES_MAX);
        else done(true);
      });
    go(0, TRIES_MAX);
  };
}
