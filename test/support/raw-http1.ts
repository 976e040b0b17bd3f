// Says bytes to a port and listens, over node:net alone.

import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import type { Address } from "./tls-probe.ts";

const PATIENCE_MS = 4_000;
const SETTLE_MS = 15;

export type RawOptions = {
  // Leave when so many answers have begun; else when the peer closes.
  readonly answers?: number;
  // Said after the first part has had its effect.
  readonly then?: string;
  readonly thenAfterMs?: number;
  readonly endsAfterwards?: boolean;
};

export type RawAnswer = {
  readonly statuses: readonly number[];
  readonly text: string;
  // The peer closed first.
  readonly wasClosed: boolean;
};

// `text`: one character a byte.
export async function rawHttp1(
  { address, port }: Address,
  text: string,
  { answers = Number.POSITIVE_INFINITY, then, thenAfterMs = 50, endsAfterwards }: RawOptions = {},
): Promise<RawAnswer> {
  const socket = connect({ host: address, port, allowHalfOpen: true });
  let heard = "";
  let wasClosed = false;
  let changed = () => {};
  socket.on("data", (bytes: Buffer) => {
    heard += bytes.toString("latin1");
    changed();
  });
  socket.on("error", () => {});
  for (const end of ["end", "close"]) {
    socket.on(end, () => {
      wasClosed = true;
      changed();
    });
  }
  socket.write(text, "latin1");
  if (then !== undefined) {
    await wait(thenAfterMs);
    socket.write(then, "latin1");
  }
  if (endsAfterwards) socket.end();
  const untilMs = performance.now() + PATIENCE_MS;
  while (!wasClosed && statusesIn(heard).length < answers && performance.now() < untilMs) {
    const change = new Promise<void>((resolve) => (changed = resolve));
    await Promise.race([change, wait(untilMs - performance.now(), undefined, { ref: false })]);
  }
  // Time for what must not come: a second answer, or the end.
  if (!wasClosed) await wait(SETTLE_MS);
  const answer = { statuses: statusesIn(heard), text: heard, wasClosed };
  socket.destroy();
  return answer;
}

function statusesIn(text: string): number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}
