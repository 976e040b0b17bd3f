// What we ask of a peer: RFC 9113 §6.5. Pairs of identifier and value.

import { LIMITS } from "#base/limits.ts";
import type { ConnectionLimits } from "./connection-limits.ts";
import { SETTING } from "./frame-types.ts";

export function ourSettings(isServer: boolean, limits: ConnectionLimits): readonly number[] {
  return [
    ...(isServer ? [SETTING.streamsMax, limits.streamsMax] : []),
    ...(isServer ? [SETTING.enableConnect, 1] : []),
    ...(isServer ? [] : [SETTING.enablePush, 0]),
    ...[SETTING.initialWindow, LIMITS.streamWindowBytes],
    ...[SETTING.headerListBytesMax, LIMITS.headerListBytesMax],
  ];
}
