// A proxy's access log, silent until a document asks for one.

import { AccessLog } from "#proxy/telemetry/access-log.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import type { World } from "./world.ts";

export function accessLogOf(
  world: World,
  { deadlines, flusher: endOfTick }: CodecTools,
): AccessLog {
  const { clock, random, endOfTick: later } = world;
  const write = world.writeOut ?? ((_, done) => later(() => done(false)));
  return new AccessLog({ clock, deadlines, random, endOfTick, later, write });
}
