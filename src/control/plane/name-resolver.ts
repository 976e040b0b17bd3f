// Finds the addresses of the hosts that documents name, again and again. What was found last goes
// on while the resolver can't say anything else.

import type { Clock, Timer } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { Log } from "#base/log.ts";

// Rejects where there are none, with the resolver's reason.
export type LookUp = (host: string) => Promise<readonly string[]>;

export type NameResolverOptions = {
  readonly clock: Clock;
  readonly log: Log;
  readonly lookUp: LookUp;
  // Addresses have come, or are others.
  readonly changed: () => void;
};

type Name = {
  addresses: readonly string[] | undefined;
  failures: number;
  timer: Timer | undefined;
};

export class NameResolver {
  readonly #options: NameResolverOptions;
  readonly #names = new Map<string, Name>();
  readonly #waiting = new Set<string>();
  #underWay = 0;
  #isClosed = false;

  constructor(options: NameResolverOptions) {
    this.#options = options;
  }

  // Undefined: not found yet.
  addressesOf(host: string): readonly string[] | undefined {
    return this.#names.get(host)?.addresses;
  }

  // These, and no others.
  retain(hosts: readonly string[]): void {
    const wanted = new Set(this.#isClosed ? [] : hosts.slice(0, LIMITS.resolvedNamesMax));
    for (const [host, { timer }] of this.#names) {
      if (wanted.has(host)) continue;
      timer?.cancel();
      this.#names.delete(host);
      this.#waiting.delete(host);
    }
    for (const host of wanted) {
      if (this.#names.has(host)) continue;
      this.#names.set(host, { addresses: undefined, failures: 0, timer: undefined });
      this.#ask(host);
    }
  }

  // For good.
  close(): void {
    this.#isClosed = true;
    this.retain([]);
  }

  #ask(host: string): void {
    if (this.#underWay >= LIMITS.resolutionsMax) return void this.#waiting.add(host);
    this.#underWay++;
    const { lookUp } = this.#options;
    void lookUp(host)
      .then(
        (addresses) => this.#found(host, addresses),
        (error: unknown) => this.#failed(host, error),
      )
      .finally(() => this.#next());
  }

  #next(): void {
    this.#underWay--;
    const [host] = this.#waiting;
    if (host === undefined) return;
    this.#waiting.delete(host);
    this.#ask(host);
  }

  #found(host: string, addresses: readonly string[]): void {
    const name = this.#names.get(host);
    if (!name) return;
    if (addresses.length === 0) return this.#failed(host, "no address");
    name.failures = 0;
    this.#again(host, name, LIMITS.resolveEveryMs);
    // The order is the resolver's, and changes with every answer where it spreads load by that.
    const found = addresses.slice(0, LIMITS.resolvedAddressesMax).toSorted();
    if (name.addresses?.join() === found.join()) return;
    name.addresses = found;
    this.#options.changed();
  }

  #failed(host: string, error: unknown): void {
    const name = this.#names.get(host);
    if (!name) return;
    const reason = error instanceof Error ? error.message : String(error);
    const kept = name.addresses?.join(", ") ?? "nothing";
    if (name.failures === 0) {
      this.#options.log.warn("Cannot resolve a host that documents name", { host, reason, kept });
    }
    const waitMs = LIMITS.resolveAgainMs * 2 ** Math.min(name.failures, 10);
    name.failures++;
    this.#again(host, name, Math.min(waitMs, LIMITS.resolveEveryMs));
  }

  // A name that went and came back meanwhile has had two questions: one goes on.
  #again(host: string, name: Name, delayMs: number): void {
    name.timer?.cancel();
    name.timer = this.#options.clock.after(delayMs, () => this.#ask(host));
  }
}
