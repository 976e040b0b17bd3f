// Dials an application whose addresses are known, and not on which of them it listens: some listen
// on loopback only, others only on the address that the workload has in the network. Which one
// answered is asked first from then on.

import type { Clock } from "#base/clock.ts";
import type { OutsideDial } from "#proxy/pipeline/outside-dial.ts";
import type { Dial } from "#proxy/transport/byte-stream.ts";
import { FirstOf } from "#proxy/transport/first-of.ts";

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
