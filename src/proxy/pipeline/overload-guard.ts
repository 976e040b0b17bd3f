// What this proxy gives up when it runs short of something, and whom it lets in: see
// proxy/overload.

import type { Deadlines } from "#base/deadlines.ts";
import { LIMITS } from "#base/limits.ts";
import type { LimitsInForce } from "#base/limits-in-force.ts";
import { OverloadMonitor } from "#proxy/overload/overload-monitor.ts";
import type { OverloadGauges } from "#proxy/telemetry/telemetry.ts";
import { BufferBudget } from "#proxy/transport/buffer-budget.ts";
import type { ByteStream } from "#proxy/transport/byte-stream.ts";
import { OpenConnections } from "./open-connections.ts";
import type { World } from "./world.ts";

export class OverloadGuard {
  // From downstream: those that carry work.
  readonly connections: OpenConnections;
  // For readers who have stopped reading.
  readonly buffers: BufferBudget;
  readonly monitor: OverloadMonitor;
  readonly #limits: LimitsInForce;
  readonly #connectionsMax: number;
  readonly #handshakesMax: number;
  #turnedAway = 0;

  constructor(
    world: Pick<World, "clock" | "log" | "sampler">,
    limits: LimitsInForce,
    deadlines: Deadlines,
  ) {
    const { clock, log, sampler } = world;
    const lifeMs = (): number => limits.current.downstreamLifeMs;
    const connections = new OpenConnections({ clock, deadlines, lifeMs });
    this.connections = connections;
    const buffers = new BufferBudget(limits.current.streamBuffersBytesMax);
    this.#limits = limits;
    this.buffers = buffers;
    this.#connectionsMax = Math.min(
      sampler.descriptorsMax * LIMITS.downstreamDescriptorsRatio,
      sampler.descriptorsMax - LIMITS.descriptorsReserved,
    );
    this.#handshakesMax = Math.ceil(sampler.descriptorsMax * LIMITS.handshakeDescriptorsRatio);
    this.monitor = new OverloadMonitor({
      clock,
      log,
      sampler,
      actions: {
        get connectionsOpen() {
          return connections.count;
        },
        closeIdle: () => connections.drainIdle(),
        endKeepAlive: () => connections.drainUsed(),
        dropBuffers: () => buffers.shrink(buffers.bytes / 2),
      },
    });
  }

  get handshakesMax(): number {
    return Math.min(this.#limits.current.handshakesMax, this.#handshakesMax);
  }

  // Is there room for one more connection? Asked once for each that comes.
  admits(): boolean {
    if (this.monitor.isAccepting && this.connections.count < this.#connectionsMax) return true;
    this.#turnedAway++;
    return false;
  }

  // `take` gets those that are admitted; the others are closed at once.
  gate(take: (stream: ByteStream) => void): (stream: ByteStream) => void {
    return (stream) => (this.admits() ? take(stream) : stream.destroy());
  }

  get gauges(): OverloadGauges {
    const { level, pressures, idleClosed, keepAliveEnded, buffersDropped } = this.monitor.reading;
    return {
      level,
      pressures,
      shed: {
        "idle-connection": idleClosed,
        "used-connection": keepAliveEnded,
        "new-connection": this.#turnedAway,
        buffers: buffersDropped,
      },
    };
  }
}
