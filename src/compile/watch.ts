// A sight that tells what is read of it: an object of values, of maps and of functions of one
// argument. Which fields, which entries and which answers were read is recorded, so that one can
// tell whether the next sight would have said the same.

import { WatchedMap } from "./watched-map.ts";

type Field = string;

// `key` is WHOLE where all of the field was read.
type Read = {
  readonly field: Field;
  readonly bit: number; // of the field
  readonly key: unknown;
  readonly value: unknown;
};

export type Reads = { readonly fields: number; readonly all: readonly Read[] };

const WHOLE = Symbol("whole");
const FIELDS_MAX = 31;

export class Watch<Sight extends object> {
  readonly #sight: Sight;
  readonly #watched: Sight;
  // The fields that are others than in the sight before, as bits.
  readonly #changed: number;
  readonly #bits: ReadonlyMap<Field, number>;
  #reads: Read[] = [];
  #fields = 0;
  #wholes = 0;

  // `before`: the last sight, of the same fields. Reads are asked about sight after sight.
  constructor(sight: Sight, before?: Sight) {
    const fields = Object.entries(sight);
    if (fields.length > FIELDS_MAX)
      throw new RangeError(`A sight has at most ${FIELDS_MAX} fields`);
    this.#sight = sight;
    this.#bits = new Map(fields.map(([field], i) => [field, 1 << i]));
    const last = before as Readonly<Record<Field, unknown>> | undefined;
    const others = fields.filter(([field, value]) => last?.[field] !== value || isAsked(value));
    this.#changed = others.reduce((bits, [field]) => bits | this.#bits.get(field)!, 0);
    this.#watched = this.#wrap(fields);
  }

  record<Result>(compute: (sight: Sight) => Result): { result: Result; reads: Reads } {
    this.#reads = [];
    this.#fields = 0;
    this.#wholes = 0;
    const result = compute(this.#watched);
    return { result, reads: { fields: this.#fields, all: this.#reads } };
  }

  // Of what held for the sight before: does it hold for this one?
  holds({ fields, all }: Reads): boolean {
    if ((fields & this.#changed) === 0) return true;
    const sight = this.#sight as Readonly<Record<Field, unknown>>;
    for (const { field, bit, key, value } of all) {
      if ((bit & this.#changed) === 0) continue;
      if (key === WHOLE ? sight[field] !== value : partOf(sight[field], key) !== value) {
        return false;
      }
    }
    return true;
  }

  // Has any of these fields changed at all?
  isTouched(fields: number): boolean {
    return (fields & this.#changed) !== 0;
  }

  #wrap(fields: readonly (readonly [Field, unknown])[]): Sight {
    const properties = fields.map(([field, value]): [Field, PropertyDescriptor] => {
      if (value instanceof Map) {
        const map = new WatchedMap(
          value,
          (key, part) => void this.#note(field, key, part),
          () => void this.#note(field, WHOLE, value),
        );
        return [field, { value: map }];
      }
      if (isAsked(value)) {
        const ask = (key: unknown) => this.#note(field, key, value(key));
        return [field, { value: ask }];
      }
      return [field, { get: () => this.#note(field, WHOLE, value) }];
    });
    return Object.create(null, Object.fromEntries(properties)) as Sight;
  }

  #note<Value>(field: Field, key: unknown, value: Value): Value {
    const bit = this.#bits.get(field)!;
    if (key === WHOLE) {
      if ((this.#wholes & bit) !== 0) return value;
      this.#wholes |= bit;
    }
    this.#fields |= bit;
    this.#reads.push({ field, bit, key, value });
    return value;
  }
}

function partOf(source: unknown, key: unknown): unknown {
  if (source instanceof Map) return source.get(key);
  return isAsked(source) ? source(key) : undefined;
}

// Its answers may change while it stays the same.
function isAsked(value: unknown): value is (key: unknown) => unknown {
  return typeof value === "function";
}
