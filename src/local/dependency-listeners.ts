// The sockets on which a sidecar takes what its application sends to services that it depends on
// over TCP: one for each, since bytes don't say where they are going. On the sidecar's own address,
// on any free port there, held for as long as the workload depends on it.

import { type BindFailure, bindListener, type Listener } from "./listener.ts";

export type DependencyListener = {
  readonly key: string; // "redis.shop:6379", "db.example.com:5432"
  readonly listener: Listener;
};

type Dependency = {
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
  readonly protocol: string;
};

export class DependencyListeners {
  #bound: readonly DependencyListener[] = [];

  get all(): readonly DependencyListener[] {
    return this.#bound;
  }

  // Those that are still wanted keep their ports. What it returns is what went wrong.
  update(address: string, dependencies: readonly Dependency[]): BindFailure | undefined {
    const overTcp = dependencies.filter(({ protocol }) => protocol === "tcp");
    const keys = new Set(overTcp.map(dependencyKey));
    for (const { key, listener } of this.#bound) if (!keys.has(key)) listener.close();
    const bound = this.#bound.filter(({ key }) => keys.has(key));
    for (const { key } of bound) keys.delete(key);
    this.#bound = bound;
    for (const key of keys) {
      const result = bindListener(address, 0);
      if (result.kind === "failed") return result;
      bound.push({ key, listener: result.listener });
    }
    return undefined;
  }

  close(): void {
    for (const { listener } of this.#bound) listener.close();
    this.#bound = [];
  }
}

export function dependencyKey({ namespace, service, port }: Omit<Dependency, "protocol">): string {
  return namespace === "" ? `${service}:${port}` : `${service}.${namespace}:${port}`;
}
