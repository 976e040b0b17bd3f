// Who is to be told when something changes.

export class Subscriptions<Subscriber> {
  readonly #subscribers = new Map<string, Set<Subscriber>>();

  add(topic: string, subscriber: Subscriber): void {
    const known = this.#subscribers.get(topic);
    if (known) known.add(subscriber);
    else this.#subscribers.set(topic, new Set([subscriber]));
  }

  remove(topic: string, subscriber: Subscriber): void {
    const known = this.#subscribers.get(topic);
    if (known?.delete(subscriber) && known.size === 0) this.#subscribers.delete(topic);
  }

  has(topic: string): boolean {
    return this.#subscribers.has(topic);
  }

  of(topics: Iterable<string>): ReadonlySet<Subscriber> {
    const found = new Set<Subscriber>();
    for (const topic of topics) {
      for (const subscriber of this.#subscribers.get(topic) ?? []) found.add(subscriber);
    }
    return found;
  }
}
