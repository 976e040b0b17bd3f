// Those who are told of every request that passes, where anybody wants it: who watches live, the
// access log, the traces.

import type { AccessLog } from "#proxy/telemetry/access-log.ts";
import { Tracer } from "#proxy/telemetry/tracer.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import type { InboundPlan } from "#snapshot/plan.ts";
import { accessLogOf } from "./access-log-of.ts";
import { Tap, type TapTold } from "./tap.ts";
import type { World } from "./world.ts";

export class Watchers {
  readonly tap: Tap;
  readonly accessLog: AccessLog;
  readonly tracer: Tracer;

  constructor(world: World, tools: CodecTools, tell: (told: TapTold) => void) {
    this.tap = new Tap(world.clock, tell);
    this.accessLog = accessLogOf(world, tools);
    this.tracer = new Tracer(world.clock, world.random);
  }

  // As documents say.
  obey({ tap, accessLog, tracing }: InboundPlan): void {
    this.tap.obey(tap);
    this.accessLog.obey(accessLog);
    this.tracer.obey(tracing);
  }
}
