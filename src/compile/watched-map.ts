// A map that tells which entries are read. `note` gets the map itself where all of it is.

export class WatchedMap<Key, Value> implements ReadonlyMap<Key, Value> {
  readonly #map: ReadonlyMap<Key, Value>;
  readonly #noteEntry: (key: unknown, value: unknown) => void;
  readonly #noteAll: () => void;

  constructor(
    map: ReadonlyMap<Key, Value>,
    noteEntry: (key: unknown, value: unknown) => void,
    noteAll: () => void,
  ) {
    this.#map = map;
    this.#noteEntry = noteEntry;
    this.#noteAll = noteAll;
  }

  get(key: Key): Value | undefined {
    const value = this.#map.get(key);
    this.#noteEntry(key, value);
    return value;
  }

  has(key: Key): boolean {
    this.#noteEntry(key, this.#map.get(key));
    return this.#map.has(key);
  }

  get size(): number {
    return this.#all().size;
  }

  forEach(run: (value: Value, key: Key, map: ReadonlyMap<Key, Value>) => void): void {
    this.#all().forEach(run);
  }

  entries() {
    return this.#all().entries();
  }

  keys() {
    return this.#all().keys();
  }

  values() {
    return this.#all().values();
  }

  [Symbol.iterator]() {
    return this.#all()[Symbol.iterator]();
  }

  #all(): ReadonlyMap<Key, Value> {
    this.#noteAll();
    return this.#map;
  }
}
