// Dials an application whose addresses are known, and not on which of them it listens: some listen
// on loopback only, others only on the address that the workload has in the network. Which one
// answered is asked first from then on.

import type { Clock } from "#base/clock.ts";
import type { OutsideDial } from "#proxy/pipeline/outside-dial.ts";
import type { Dial, DialEvents, Dialing, Target } from "#proxy/transport/byte-stream.ts";

// For one port. `addresses` isn't empty.
export function applicationDial(
  dial: Dial,
  clock: Clock,
  addresses: readonly string[],
): OutsideDial {
  const known = { first: 0 };
  return ({ port }, timeoutMs, events) => {
    const targets = addresses.map((_, i) => {
      const at = (known.first + i) % addresses.length;
      return { address: addresses[at]!, port };
    });
    return new FirstOf(dial, clock, targets, timeoutMs, {
      connected(stream, { address }) {
        known.first = addresses.indexOf(address);
        events.connected(stream);
      },
      failed: (failure) => events.failed(failure),
    });
  };
}

type Told = Omit<DialEvents, "connected"> & {
  connected(stream: Parameters<DialEvents["connected"]>[0], target: Target): void;
};

class FirstOf implements Dialing {
  readonly #dial: Dial;
  readonly #clock: Clock;
  readonly #targets: readonly Target[];
  readonly #endMs: number;
  readonly #told: Told;
  #current: Dialing;

  constructor(dial: Dial, clock: Clock, targets: readonly Target[], timeoutMs: number, told: Told) {
    this.#dial = dial;
    this.#clock = clock;
    this.#targets = targets;
    this.#endMs = clock.nowMs() + timeoutMs;
    this.#told = told;
    this.#current = this.#try(0);
  }

  cancel(): void {
    this.#current.cancel();
  }

  #try(at: number): Dialing {
    const target = this.#targets[at]!;
    const leftMs = Math.max(1, this.#endMs - this.#clock.nowMs());
    return this.#dial(target, leftMs, {
      connected: (stream) => this.#told.connected(stream, target),
      failed: (failure) => {
        const isLast = at + 1 === this.#targets.length || this.#clock.nowMs() >= this.#endMs;
        if (isLast) this.#told.failed(failure);
        else this.#current = this.#try(at + 1);
      },
    });
  }
}
