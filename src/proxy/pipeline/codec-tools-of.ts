// What the codecs of one proxy share.

import type { Deadlines } from "#base/deadlines.ts";
import type { LimitsInForce } from "#base/limits-in-force.ts";
import { BlockPool } from "#proxy/transport/block-pool.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import { TickFlusher } from "#proxy/transport/tick-flusher.ts";
import type { World } from "./world.ts";

export function codecToolsOf(
  { clock, endOfTick }: World,
  limits: LimitsInForce,
  deadlines: Deadlines,
  buffers: NonNullable<CodecTools["buffers"]>,
): CodecTools {
  const [flusher, blocks] = [new TickFlusher(endOfTick), new BlockPool()];
  return { clock, deadlines, limits, flusher, blocks, buffers };
}
