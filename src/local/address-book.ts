// Gives each sidecar its listeners. On Linux each has its own loopback address with the usual
// ports; where only 127.0.0.1 exists, each has four ports of a range there.
//
// A socket that is bound but not yet listened on doesn't keep others from binding the same, so a
// block is claimed by listening on its last address for as long as the mesh runs.

import { createServer, type Server } from "node:net";
import { addressBlock } from "./address-block.ts";
import { type BindResult, bindListener, type Listener } from "./listener.ts";
import { closeListeners, PORT_OFFSETS, type SidecarListeners } from "./sidecar-listeners.ts";

const BLOCK_ATTEMPTS = 64;
const BLOCKS_MAX = 16;
const SIDECARS_PER_BLOCK = 254;
const CLAIM_ADDRESS = 255;
const CLAIM_PORT = 15_000;
// Where 127.0.0.1 is all there is.
const RANGE_OFFSET = 1000;
const RANGE_SIDECARS = 4000;
const INBOUND_OFFSET = 6; // nobody listens there on one machine, but then really nobody

export type AddressBookOptions = {
  readonly folder: string;
  readonly portBase: number; // 15000; 0: any free ports
  readonly hasLoopbackBlocks: boolean;
};

export type SidecarBinding =
  | { readonly kind: "bound"; readonly listeners: SidecarListeners }
  | Extract<BindResult, { kind: "failed" }>;

export class AddressBook {
  readonly #options: AddressBookOptions;
  readonly #claims: Server[] = [];
  readonly #blocks: string[] = [];
  readonly #used = new Set<string>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: AddressBookOptions) {
    this.#options = options;
  }

  // One after the other, so that two don't claim two blocks.
  take(): Promise<SidecarBinding> {
    const taken = this.#turn.then(() => this.#takeNow());
    this.#turn = taken;
    return taken;
  }

  giveBack(listeners: SidecarListeners): void {
    closeListeners(listeners);
    this.#used.delete(slotOf(listeners.outbound));
  }

  close(): void {
    for (const claim of this.#claims) claim.close();
  }

  async #takeNow(): Promise<SidecarBinding> {
    if (!this.#options.hasLoopbackBlocks) return this.#takeFromRange();
    for (let i = 0; i < BLOCKS_MAX; i++) {
      const block = this.#blocks[i] ?? (await this.#claimBlock());
      // No block to be had, as in a sandbox without all of 127.0.0.0/8.
      if (block === undefined) return this.#takeFromRange();
      const binding = this.#takeFromBlock(block);
      if (binding) return binding;
    }
    return this.#takeFromRange();
  }

  async #claimBlock(): Promise<string | undefined> {
    for (let attempt = 0; attempt < BLOCK_ATTEMPTS; attempt++) {
      const block = addressBlock(this.#options.folder, attempt);
      if (this.#blocks.includes(block)) continue;
      const claim = await listen(`${block}.${CLAIM_ADDRESS}`);
      if (!claim) continue;
      claim.unref();
      this.#claims.push(claim);
      this.#blocks.push(block);
      return block;
    }
    return undefined;
  }

  #takeFromBlock(block: string): SidecarBinding | undefined {
    for (let i = 1; i <= SIDECARS_PER_BLOCK; i++) {
      const address = `${block}.${i}`;
      if (this.#used.has(address)) continue;
      const binding = bindSidecar(address, this.#portsAt(this.#options.portBase));
      if (binding.kind === "failed") continue;
      this.#used.add(address);
      return binding;
    }
    return undefined;
  }

  #takeFromRange(): SidecarBinding {
    const address = "127.0.0.1";
    const base = this.#options.portBase;
    let last: SidecarBinding = bindSidecar(address, this.#portsAt(0));
    if (base === 0 || last.kind === "failed") return last;
    closeListeners(last.listeners);
    for (let i = 0; i < RANGE_SIDECARS; i++) {
      const from = base + RANGE_OFFSET + i * 4;
      const slot = `${address}:${from}`;
      if (this.#used.has(slot) || from + 3 > 65_535) continue;
      last = bindSidecar(address, [from, from + 1, from + 2, from + 3]);
      if (last.kind === "failed") continue;
      this.#used.add(slot);
      return last;
    }
    return last;
  }

  #portsAt(base: number): readonly number[] {
    const { outbound, mesh, metrics, health } = PORT_OFFSETS;
    return base === 0
      ? [0, 0, 0, 0]
      : [outbound, mesh, metrics, health, INBOUND_OFFSET].map((offset) => base + offset);
  }
}

// All of them or none. A fifth port is only tried.
function bindSidecar(address: string, ports: readonly number[]): SidecarBinding {
  const bound: Listener[] = [];
  for (const port of ports) {
    const result = bindListener(address, port);
    if (result.kind === "failed") {
      for (const listener of bound) listener.close();
      return result;
    }
    bound.push(result.listener);
  }
  const [outbound, mesh, metrics, health, tried] = bound;
  tried?.close();
  return {
    kind: "bound",
    listeners: { outbound: outbound!, mesh: mesh!, metrics: metrics!, health: health! },
  };
}

// What `#used` remembers: a whole address, or the first port of four.
function slotOf({ address, port }: Listener): string {
  return address === "127.0.0.1" ? `${address}:${port}` : address;
}

function listen(address: string): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const claim = createServer((socket) => socket.destroy());
    claim.once("error", () => resolve(undefined));
    claim.listen(CLAIM_PORT, address, () => resolve(claim));
  });
}
