// What a document sets holds for what is made from now on.

import type { LimitPair } from "#base/limits.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";

export function installLimits({ limits, buffers }: CodecTools, pairs: readonly LimitPair[]): void {
  limits.replace(pairs);
  buffers?.resize(limits.current.streamBuffersBytesMax);
}
