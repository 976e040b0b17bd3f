// A proxy's access log, silent until a document asks for one.

import { AccessLog } from "#proxy/telemetry/access-log.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import type { World } from "./world.ts";

export function accessLogOf(world: World, { deadlines }: CodecTools): AccessLog {
  const { clock, random, endOfTick } = world;
  const write = world.writeOut ?? ((_, done) => endOfTick(() => done(false)));
  return new AccessLog({ clock, deadlines, random, write });
}
