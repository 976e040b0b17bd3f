// What this proxy gives up when it runs short of something, and whom it lets in: see
// proxy/overload.

import { LIMITS } from "#base/limits.ts";
import { OverloadMonitor } from "#proxy/overload/overload-monitor.ts";
import type { OverloadGauges } from "#proxy/telemetry/telemetry.ts";
import { BufferBudget } from "#proxy/transport/buffer-budget.ts";
import type { ByteStream } from "#proxy/transport/byte-stream.ts";
import { OpenConnections } from "./open-connections.ts";
import type { World } from "./world.ts";

export class OverloadGuard {
  // From downstream: those that carry work.
  readonly connections = new OpenConnections();
  // For readers who have stopped reading.
  readonly buffers = new BufferBudget(LIMITS.streamBuffersBytesMax);
  readonly monitor: OverloadMonitor;
  readonly handshakesMax: number;
  readonly #connectionsMax: number;
  #turnedAway = 0;

  constructor({ clock, log, sampler }: Pick<World, "clock" | "log" | "sampler">) {
    const { connections, buffers } = this;
    this.#connectionsMax = sampler.descriptorsMax * LIMITS.downstreamDescriptorsRatio;
    const handshakes = Math.ceil(sampler.descriptorsMax * LIMITS.handshakeDescriptorsRatio);
    this.handshakesMax = Math.min(LIMITS.handshakesMax, handshakes);
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
