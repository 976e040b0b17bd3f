// A listening socket that outlives the process that listens on it. We bind it, pass its descriptor
// to the child, and keep ours open: when the child dies, connections wait in the accept queue for
// the next one instead of being refused.

import { BoundSocket } from "node:net";
import type { Address, ListenOn } from "#main/bootstrap.ts";

export type Listener = Address & {
  readonly descriptor: number; // in this process
  close(): void; // again is no harm
};

export type BindResult = { readonly kind: "bound"; readonly listener: Listener } | BindFailure;

export type BindFailure = {
  readonly kind: "failed";
  readonly address: Address;
  readonly error: unknown;
};

// Port 0: any free one.
export function bindListener(address: string, port: number): BindResult {
  try {
    const socket = new BoundSocket({ host: address, port });
    const listener: Listener = {
      address,
      port: socket.address().port,
      descriptor: socket.fd(),
      close: () => socket[Symbol.dispose](),
    };
    return { kind: "bound", listener };
  } catch (error) {
    return { kind: "failed", address: { address, port }, error };
  }
}

// How a child is told of it, which has it as the descriptor named.
export function listenOn({ address, port }: Listener, descriptor: number): ListenOn {
  return { address, port, descriptor };
}
