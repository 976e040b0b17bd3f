// The four sockets of one sidecar.

import type { Listener } from "./listener.ts";

export type SidecarListeners = {
  readonly outbound: Listener;
  readonly mesh: Listener;
  readonly metrics: Listener;
  readonly health: Listener;
};

// Offsets from the port base: 15001, 15008, ...
export const PORT_OFFSETS = {
  outbound: 1,
  mesh: 8,
  metrics: 20,
  health: 21,
} as const satisfies Record<keyof SidecarListeners, number>;

export function closeListeners(listeners: SidecarListeners): void {
  for (const listener of Object.values(listeners)) listener.close();
}
