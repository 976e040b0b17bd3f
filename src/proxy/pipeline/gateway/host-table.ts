// What stands for which host: exact names, names with a wildcard for their first labels, and "*"
// for all others. A Map, since what is looked up comes from strangers.

export type HostTableOptions = {
  // Whether "*.example" takes "a.b.example", too.
  readonly wildcardLabels: "one" | "any";
};

export class HostTable<Value> {
  readonly #wildcardLabels: HostTableOptions["wildcardLabels"];
  readonly #exact = new Map<string, Value>();
  // By what follows the asterisk: ".example".
  readonly #suffixes = new Map<string, Value>();
  #rest: Value | undefined;

  // Of two entries for one host the first stands.
  constructor(entries: Iterable<readonly [host: string, value: Value]>, options: HostTableOptions) {
    this.#wildcardLabels = options.wildcardLabels;
    for (const [text, value] of entries) this.#add(text.toLowerCase(), value);
  }

  // For what names no host.
  get rest(): Value | undefined {
    return this.#rest;
  }

  // `host` in lower case, without a port and without a dot at its end.
  find(host: string): Value | undefined {
    const exact = this.#exact.get(host);
    if (exact !== undefined) return exact;
    if (this.#suffixes.size > 0) {
      for (let dot = host.indexOf("."); dot > 0; dot = host.indexOf(".", dot + 1)) {
        const found = this.#suffixes.get(host.slice(dot));
        if (found !== undefined) return found;
        if (this.#wildcardLabels === "one") break;
      }
    }
    return this.#rest;
  }

  #add(host: string, value: Value): void {
    if (host === "*") {
      this.#rest ??= value;
      return;
    }
    const [table, name] = host.startsWith("*.")
      ? [this.#suffixes, host.slice(1)]
      : [this.#exact, host];
    if (!table.has(name)) table.set(name, value);
  }
}
