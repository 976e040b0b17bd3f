// Where applications really listen. A workload gets the port that it declares while that is free;
// several on one machine may declare the same, so the others get free ones, told them by $PORT.
//
// Free ones are taken below the range from which the kernel gives ports to outgoing connections:
// a port can't be kept for a process that binds it itself, and must not go to somebody else before
// it does.

import { createHash } from "node:crypto";
import type { CanBind } from "./can-bind.ts";

const FREE_FIRST = 20_000;
const FREE_COUNT = 12_000;
const MESH_PORTS = 100;

export type ApplicationPortsOptions = {
  readonly folder: string;
  readonly portBase: number; // 0: free ones for everybody
  readonly canBind: CanBind;
};

export class ApplicationPorts {
  readonly #options: ApplicationPortsOptions;
  readonly #taken = new Set<number>();
  #next: number;

  constructor(options: ApplicationPortsOptions) {
    this.#options = options;
    // Meshes start their search far from each other.
    const hash = createHash("sha256").update(options.folder).digest().readUInt32BE(0);
    this.#next = hash % FREE_COUNT;
  }

  // `declared` 0: any. Undefined: none is free.
  take(declared: number): number | undefined {
    const port = this.#mayHave(declared) ? declared : this.#findFree();
    if (port !== undefined) this.#taken.add(port);
    return port;
  }

  giveBack(port: number): void {
    this.#taken.delete(port);
  }

  #mayHave(port: number): boolean {
    const { portBase } = this.#options;
    if (port === 0 || portBase === 0) return false;
    if (port >= portBase && port < portBase + MESH_PORTS) return false;
    return this.#isFree(port);
  }

  #findFree(): number | undefined {
    for (let i = 0; i < FREE_COUNT; i++) {
      const port = FREE_FIRST + (this.#next++ % FREE_COUNT);
      if (this.#isFree(port)) return port;
    }
    return undefined;
  }

  // The process may listen on all addresses or on one.
  #isFree(port: number): boolean {
    return !this.#taken.has(port) && this.#options.canBind("0.0.0.0", port);
  }
}
