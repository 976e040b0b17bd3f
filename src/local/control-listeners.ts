// The two sockets of the control plane. The usual ports if they are free, else others, which are
// always printed; ports that somebody asked for by name must be had.

import { bindListener, type Listener } from "./listener.ts";
import { portFailure } from "./port-failure.ts";

export const DEFAULT_PORT_BASE = 15_000;
const ADDRESS = "127.0.0.1";
const PROXIES_OFFSET = 12;
const ADMIN_OFFSET = 14;

export type ControlListeners = { readonly proxies: Listener; readonly admin: Listener };

export type ControlBinding =
  | { readonly kind: "bound"; readonly listeners: ControlListeners }
  | { readonly kind: "failed"; readonly sentence: string };

// `portBase` undefined: the default, or what is free.
export function bindControl(portBase: number | undefined): ControlBinding {
  const proxies = bindOne("proxies", portBase, PROXIES_OFFSET);
  if (typeof proxies === "string") return { kind: "failed", sentence: proxies };
  const admin = bindOne("the admin API and the dashboard", portBase, ADMIN_OFFSET);
  if (typeof admin === "string") {
    proxies.close();
    return { kind: "failed", sentence: admin };
  }
  return { kind: "bound", listeners: { proxies, admin } };
}

// The listener, or the sentence why there is none.
function bindOne(purpose: string, portBase: number | undefined, offset: number): Listener | string {
  const base = portBase ?? DEFAULT_PORT_BASE;
  const wanted = bindListener(ADDRESS, base === 0 ? 0 : base + offset);
  if (wanted.kind === "bound") return wanted.listener;
  if (portBase === undefined) {
    const other = bindListener(ADDRESS, 0);
    if (other.kind === "bound") return other.listener;
  }
  return portFailure(purpose, wanted.address, wanted.error);
}
