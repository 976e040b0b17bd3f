// What the end that is asked grants its peer.

import type { Limits } from "#base/limits.ts";

export type ConnectionLimits = {
  readonly streamsMax: number;
  // In the life of one connection; then it is drained.
  readonly streamsTotalMax: number;
  readonly windowBytes: number;
};

// outside: for listeners that anybody can reach.
export type PeerKind = "mesh" | "outside";

export function connectionLimits(limits: Limits, peers: PeerKind): ConnectionLimits {
  if (peers === "mesh") {
    return {
      streamsMax: limits.streamsPerConnectionMax,
      streamsTotalMax: Number.POSITIVE_INFINITY,
      windowBytes: limits.connectionWindowBytes,
    };
  }
  return {
    streamsMax: limits.outsideStreamsMax,
    streamsTotalMax: limits.outsideStreamsTotalMax,
    windowBytes: limits.outsideWindowBytes,
  };
}
