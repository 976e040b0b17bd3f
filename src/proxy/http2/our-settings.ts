// What we ask of a peer: RFC 9113 §6.5. Pairs of identifier and value.

import { LIMITS, type Limits } from "#base/limits.ts";
import type { ConnectionLimits } from "./connection-limits.ts";
import { SETTING } from "./frame-types.ts";

export function ourSettings(
  isServer: boolean,
  { streamsMax }: ConnectionLimits,
  limits: Limits,
): readonly number[] {
  const { streamWindowBytes, headerListBytesMax, hpackTableBytes } = limits;
  return [
    ...(isServer ? [SETTING.streamsMax, streamsMax] : []),
    ...(isServer ? [SETTING.enableConnect, 1] : []),
    ...(isServer ? [] : [SETTING.enablePush, 0]),
    ...[SETTING.initialWindow, streamWindowBytes],
    ...[SETTING.headerListBytesMax, headerListBytesMax],
    ...(hpackTableBytes < LIMITS.hpackTableBytes ? [SETTING.headerTableSize, hpackTableBytes] : []),
  ];
}
