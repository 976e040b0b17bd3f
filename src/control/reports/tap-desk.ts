// Between those who watch live requests and the proxies that see them: tells each proxy what is
// wanted of it, and gives each watcher what comes. Nothing is kept.

import type { TappedEvent, TapQuery } from "#api/tap.ts";
import { LIMITS } from "#base/limits.ts";
import type { TapMessage, Watch } from "#snapshot/messages.ts";
import type { TapEvent, TapWatch } from "#snapshot/tap.ts";
import { isSoundTap } from "./sound-tap.ts";

export type TapProxy = {
  readonly key: string; // "namespace/name" of its workload
  watch(message: Watch): void;
};

export type TapWatcher = {
  // Which proxies, by key; asked again for each that comes.
  readonly watches: (key: string) => boolean;
  readonly query: Pick<TapQuery, "filter" | "perSecondMax" | "bodyBytesMax">;
  event(event: TappedEvent): void;
  untold(count: number): void;
};

const PER_SECOND = 100;

export class TapDesk {
  readonly #proxies = new Set<TapProxy>();
  readonly #watchers = new Map<number, TapWatcher>();
  #ids = 0;

  get isFull(): boolean {
    return this.#watchers.size >= LIMITS.tapWatchesMax;
  }

  // How many proxies are watched now; and what ends it.
  open(watcher: TapWatcher): { readonly proxies: number; close(): void } {
    const id = ++this.#ids;
    this.#watchers.set(id, watcher);
    const watched = [...this.#proxies].filter(({ key }) => watcher.watches(key));
    this.#tellAll();
    return {
      proxies: watched.length,
      close: () => {
        if (this.#watchers.delete(id)) this.#tellAll();
      },
    };
  }

  greet(proxy: TapProxy): void {
    this.#proxies.add(proxy);
    // The others keep their shares: a whole mesh that comes again must not tell each of each.
    if (this.#watchers.size > 0) this.#tell(proxy, this.#counts());
  }

  leave(proxy: TapProxy): void {
    this.#proxies.delete(proxy);
  }

  // As it comes from a proxy: any of it may be wrong.
  hear(proxy: TapProxy, { events, untold }: TapMessage): void {
    if (!Array.isArray(events)) return;
    for (const event of events.slice(0, LIMITS.tapEventsMax)) {
      if (isSoundTap(event)) this.#pass(proxy, event);
    }
    if (typeof untold !== "number" || !(untold > 0)) return;
    for (const watcher of this.#watchers.values()) {
      if (watcher.watches(proxy.key)) watcher.untold(untold);
    }
  }

  #pass(proxy: TapProxy, { watches, stream, ...event }: TapEvent): void {
    const id = `${proxy.key}:${stream}`;
    const told = event.phase === "request" ? { ...event, proxy: proxy.key, id } : { ...event, id };
    for (const watch of watches) {
      const watcher = this.#watchers.get(watch);
      // Only those that asked this proxy.
      if (!watcher?.watches(proxy.key)) continue;
      // Whatever a proxy says: bodies are for those who may see them.
      watcher.event(watcher.query.bodyBytesMax === undefined ? withoutBodies(told) : told);
    }
  }

  #tellAll(): void {
    const counts = this.#counts();
    for (const proxy of this.#proxies) this.#tell(proxy, counts);
  }

  // How many proxies each watcher watches.
  #counts(): ReadonlyMap<number, number> {
    const counts = new Map<number, number>();
    for (const [id, { watches }] of this.#watchers) {
      let count = 0;
      for (const { key } of this.#proxies) if (watches(key)) count++;
      counts.set(id, count);
    }
    return counts;
  }

  // The watcher's rate is shared by the proxies.
  #tell(proxy: TapProxy, counts: ReadonlyMap<number, number>): void {
    const wanted = [...this.#watchers].filter(([, { watches }]) => watches(proxy.key));
    proxy.watch({
      type: "watch",
      watches: wanted.map(([id, { query }]) => {
        const count = counts.get(id) ?? 1;
        const rate = Math.min(query.perSecondMax ?? PER_SECOND, LIMITS.tapPerSecondMax);
        const perSecondMax = Math.max(1, Math.ceil(rate / count));
        return { id, filter: query.filter ?? {}, perSecondMax, ...bodiesOf(query, count) };
      }),
    });
  }
}

// Of so many proxies each keeps a part, but never less than one exchange has.
function bodiesOf(
  { bodyBytesMax: bytesMax }: TapWatcher["query"],
  proxies: number,
): Pick<TapWatch, "bodies"> {
  if (bytesMax === undefined) return {};
  const share = Math.ceil(LIMITS.tapBodyBytesPerSecond / proxies);
  return { bodies: { bytesMax, bytesPerSecond: Math.max(share, 2 * LIMITS.tapBodyBytes) } };
}

function withoutBodies(event: TappedEvent): TappedEvent {
  if (event.phase !== "end" || event.bodies === undefined) return event;
  const { bodies: _, ...end } = event;
  return end;
}
