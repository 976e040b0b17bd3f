// What the end that is asked grants its peer.

import assert from "node:assert/strict";
import { LIMITS } from "#base/limits.ts";

export type ConnectionLimits = {
  readonly streamsMax: number;
  // In the life of one connection; then it is drained.
  readonly streamsTotalMax: number;
  readonly windowBytes: number;
};

export const CONNECTION_LIMITS = {
  mesh: {
    streamsMax: LIMITS.streamsPerConnectionMax,
    streamsTotalMax: Number.POSITIVE_INFINITY,
    windowBytes: LIMITS.connectionWindowBytes,
  },
  // For listeners that anybody can reach.
  outside: {
    streamsMax: LIMITS.outsideStreamsMax,
    streamsTotalMax: LIMITS.outsideStreamsTotalMax,
    windowBytes: LIMITS.outsideWindowBytes,
  },
} as const satisfies Record<string, ConnectionLimits>;

assert.ok(LIMITS.outsideWindowBytes >= LIMITS.streamWindowBytes, "a stream's window must fit");
