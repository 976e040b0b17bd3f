// Hot path.
//
// A first-in, first-out queue of fixed size.

export class Ring<T> {
  readonly #places: (T | undefined)[];
  #first = 0;
  #length = 0;

  constructor(capacity: number) {
    this.#places = new Array(capacity).fill(undefined);
  }

  get length(): number {
    return this.#length;
  }

  // False when it is full.
  push(value: T): boolean {
    if (this.#length === this.#places.length) return false;
    this.#places[(this.#first + this.#length++) % this.#places.length] = value;
    return true;
  }

  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const value = this.#places[this.#first];
    this.#places[this.#first] = undefined;
    this.#first = (this.#first + 1) % this.#places.length;
    this.#length--;
    return value;
  }
}
