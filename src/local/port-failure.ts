// The sentence for a port that can't be had.

import type { Address } from "#main/bootstrap.ts";
import { portHolder } from "./port-holder.ts";
import { systemReason } from "./system-reason.ts";

export function portFailure(purpose: string, { address, port }: Address, error: unknown): string {
  const holder = port === 0 ? undefined : portHolder(port);
  const reason = holder ? `${holder} listens there` : systemReason(error);
  return (
    `Cannot listen on ${address}:${port} for ${purpose}: ${reason}. ` +
    "Choose other ports with --port-base N, or --port-base 0 for any free ones"
  );
}
