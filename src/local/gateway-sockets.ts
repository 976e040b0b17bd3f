// The sockets that a gateway's processes listen on, one after the other. We hold them, so that what
// waits in their queues when one process ends is there for the next.

import type { GatewayListenerPlan, GatewayPlan } from "#snapshot/gateway-plan.ts";
import { bindListener, type Listener } from "./listener.ts";
import { systemReason } from "./system-reason.ts";

export class GatewaySockets {
  readonly #held = new Map<string, Listener>();

  // Those that we hold already, and new ones; by the plan's listeners, in their order. Or the
  // sentence why there is none.
  bind(plan: GatewayPlan): readonly Listener[] | string {
    const listeners: Listener[] = [];
    for (const { name, address, port } of plan.listeners) {
      const key = keyOf({ address, port });
      const held = this.#held.get(key);
      if (held) {
        listeners.push(held);
        continue;
      }
      const result = bindListener(address, port);
      if (result.kind === "failed") {
        const reason = systemReason(result.error);
        return `Cannot listen on ${address}:${port} for the listener "${name}": ${reason}`;
      }
      this.#held.set(key, result.listener);
      listeners.push(result.listener);
    }
    return listeners;
  }

  // Closes what the plan in force has no use for.
  keepFor(plan: GatewayPlan | undefined): void {
    const used = new Set(plan?.listeners.map(keyOf));
    for (const [key, listener] of [...this.#held]) {
      if (used.has(key)) continue;
      listener.close();
      this.#held.delete(key);
    }
  }

  close(): void {
    this.keepFor(undefined);
  }
}

function keyOf({ address, port }: Pick<GatewayListenerPlan, "address" | "port">): string {
  return `${address} ${port}`;
}
