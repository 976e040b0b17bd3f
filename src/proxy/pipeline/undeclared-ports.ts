// Ports of the application that nobody declares: their connections' first bytes say what they
// speak. Where a plan takes any port, all but the mesh's own are taken.

import { LIMITS } from "#base/limits.ts";
import type { InboundPlan, InboundPortPlan } from "#snapshot/plan.ts";
import { isForbiddenTarget } from "./forbidden-targets.ts";

const PORT_MAX = 65_535;

export class UndeclaredPorts {
  // One object for each, since what is kept for a port is found by it.
  readonly #known = new Map<number, InboundPortPlan>();

  // A declared port, or one of these where the plan takes any.
  in({ ports, takesAnyPort }: InboundPlan, port: number): InboundPortPlan | undefined {
    for (let i = 0; i < ports.length; i++) if (ports[i]!.port === port) return ports[i];
    return takesAnyPort ? this.of(port) : undefined;
  }

  of(port: number): InboundPortPlan | undefined {
    const known = this.#known.get(port);
    if (known) return known;
    if (!Number.isInteger(port) || port < 1 || port > PORT_MAX) return undefined;
    if (isForbiddenTarget("", port, "")) return undefined;
    if (this.#known.size >= LIMITS.undeclaredPortsMax) this.#known.clear();
    const made: InboundPortPlan = {
      ...{ port, name: "", protocol: "detect", service: "", serviceNamespace: "" },
    };
    this.#known.set(port, made);
    return made;
  }
}
