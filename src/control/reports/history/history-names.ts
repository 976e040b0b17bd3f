// Whom numbers in blocks mean, looked up once in a question.

import type { SeriesKey } from "#snapshot/report.ts";
import { parseSeriesKeyText } from "#snapshot/series-key-text.ts";
import type { HistoryStore } from "./history-store.ts";

export type ProxyOfPast = { readonly namespace: string; readonly workload: string };

export class HistoryNames {
  readonly #store: HistoryStore;
  readonly #keys = new Map<number, SeriesKey | undefined>();
  readonly #proxies = new Map<number, ProxyOfPast | undefined>();

  constructor(store: HistoryStore) {
    this.#store = store;
  }

  keyOf(name: number): SeriesKey | undefined {
    if (this.#keys.has(name)) return this.#keys.get(name);
    const text = this.#store.names.textOf(name);
    const key = text === undefined ? undefined : parseSeriesKeyText(text);
    this.#keys.set(name, key);
    return key;
  }

  proxyOf(name: number): ProxyOfPast | undefined {
    if (this.#proxies.has(name)) return this.#proxies.get(name);
    const text = this.#store.names.textOf(name);
    const proxy = text === undefined ? undefined : parseProxyText(text);
    this.#proxies.set(name, proxy);
    return proxy;
  }
}

export function proxyText({ namespace, workload }: ProxyOfPast): string {
  return JSON.stringify([namespace, workload]);
}

function parseProxyText(text: string): ProxyOfPast | undefined {
  const parts: unknown = JSON.parse(text);
  if (!Array.isArray(parts) || parts.length !== 2) return undefined;
  return { namespace: parts[0], workload: parts[1] };
}
