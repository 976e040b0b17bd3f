// Hot path.
//
// Reads the first bytes of a connection without taking them from whoever is to have it: when it is
// known what they are, or won't be, the connection goes on to that one, which reads them again.

import { Deadline, type Deadlines } from "#base/deadlines.ts";
import { LIMITS } from "#base/limits.ts";
import type { ByteStream } from "#proxy/transport/byte-stream.ts";
import { HeldBytes } from "#proxy/transport/held-bytes.ts";
import { ReplayStream } from "./replay-stream.ts";

export type SniffEvents<Verdict> = {
  // All that has come so far, valid only during the call; undefined: more is needed.
  decide(bytes: Buffer): Verdict | undefined;
  // This or `closed`, once, and never from inside `sniff`.
  // "other": nothing is decided after LIMITS.sniffBytesMax, or the peer sends no more, or `giveUp`.
  // "timeout": nothing is decided by now; perhaps the peer waits to be spoken to. Attach to
  // `replay` to go on reading.
  done(verdict: Verdict | "other" | "timeout", replay: ReplayStream): void;
  // The connection is gone before it was known.
  closed(code: string): void;
};

export type Sniffing = {
  // Don't wait any longer: somebody else has spoken first.
  giveUp(): void;
};

export function sniff<Verdict>(
  stream: ByteStream,
  deadlines: Deadlines,
  timeoutMs: number,
  events: SniffEvents<Verdict>,
): Sniffing {
  const held = new HeldBytes();
  let isOver = false;
  let hasEnded = false;
  const finish = (verdict: Verdict | "other" | "timeout"): void => {
    if (isOver) return;
    isOver = true;
    deadlines.clear(deadline);
    events.done(verdict, new ReplayStream(stream, held, hasEnded));
  };
  const deadline = new Deadline(() => finish("timeout"));
  deadlines.set(deadline, timeoutMs);
  stream.attach({
    data(bytes) {
      held.add(bytes);
      const verdict = events.decide(held.bytes);
      if (verdict !== undefined) finish(verdict);
      else if (held.length >= LIMITS.sniffBytesMax) finish("other");
    },
    ended() {
      hasEnded = true;
      finish("other");
    },
    drained() {},
    closed(code) {
      if (isOver) return;
      isOver = true;
      deadlines.clear(deadline);
      events.closed(code);
    },
  });
  return { giveUp: () => finish("other") };
}
