// Watches while it is asked to. Events are taken together, so that a hundred requests a second cost
// a few updates of the page.

import { useEffect, useState } from "preact/hooks";
import type { ApiError } from "#api/api-error.ts";
import type { TappedEvent, TapQuery } from "#api/tap.ts";
import { TapStream } from "./tap-stream.ts";
import { type TapRow, withEvents } from "./tapped-requests.ts";

const TOGETHER_MS = 250;

export type Tap = {
  readonly rows: readonly TapRow[];
  readonly untold: number;
  readonly state: "off" | "connecting" | "watching" | "failed";
  readonly error: ApiError | undefined;
};

const NOTHING: Tap = { rows: [], untold: 0, state: "off", error: undefined };

// Undefined: paused; what was seen stays.
export function useTap(query: TapQuery | undefined): Tap {
  const [tap, setTap] = useState(NOTHING);
  const key = JSON.stringify(query);
  useEffect(() => {
    if (!query) {
      setTap((before) => ({ ...before, state: "off" }));
      return;
    }
    setTap((before) => ({ ...before, untold: 0, state: "connecting", error: undefined }));
    let waiting: TappedEvent[] = [];
    let untold = 0;
    const stream = new TapStream(query, {
      open: () => setTap((before) => ({ ...before, state: "watching" })),
      event: (event) => waiting.push(event),
      untold: (count) => {
        untold += count;
      },
      over: (error) => setTap((before) => ({ ...before, state: "failed", error })),
    });
    const timer = setInterval(() => {
      if (waiting.length === 0 && untold === 0) return;
      const [events, more] = [waiting, untold];
      waiting = [];
      untold = 0;
      setTap((before) => ({
        ...before,
        rows: withEvents(before.rows, events),
        untold: before.untold + more,
      }));
    }, TOGETHER_MS);
    return () => {
      clearInterval(timer);
      stream.close();
    };
  }, [key]);
  return tap;
}
