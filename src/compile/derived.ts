// What is computed of each object of a list, taken from the list before as long as the object and
// all that was read of the sight are the same. Sameness is identity: whoever builds the next sight
// and the next list keeps what has not changed.

import type { Reads, Watch } from "./watch.ts";

type Kept<Result> = { readonly reads: Reads; readonly result: Result };

// `last`: what came of this object before. Give it back where it still is right.
type Derive<Sight, Source, Result> = (
  sight: Sight,
  source: Source,
  last: Result | undefined,
) => Result;

export class Derived<Sight extends object, Source extends object, Result> {
  // In the order of `sources`; the same list as before where nothing is another.
  readonly results: readonly Result[];
  readonly #sources: readonly Source[];
  readonly #kept: readonly Kept<Result>[];
  readonly #fields: number; // that any of them has read

  constructor(
    watch: Watch<Sight>,
    sources: readonly Source[],
    derive: Derive<Sight, Source, Result>,
    before?: Derived<Sight, Source, Result>,
  ) {
    const renew = (source: Source, last: Kept<Result> | undefined): Kept<Result> => {
      if (last && watch.holds(last.reads)) return last;
      return watch.record((sight) => derive(sight, source, last?.result));
    };
    const kept = before
      ? before.#renewed(watch, sources, renew)
      : sources.map((each) => renew(each, undefined));
    const isSame = before !== undefined && before.#kept === kept;
    this.#sources = sources;
    this.#kept = kept;
    this.#fields = isSame
      ? before.#fields
      : kept.reduce((bits, { reads }) => bits | reads.fields, 0);
    this.results = isSame ? before.results : kept.map(({ result }) => result);
  }

  #renewed(
    watch: Watch<Sight>,
    sources: readonly Source[],
    renew: (source: Source, last: Kept<Result> | undefined) => Kept<Result>,
  ): readonly Kept<Result>[] {
    const [before, kept] = [this.#sources, this.#kept];
    const isTouched = watch.isTouched(this.#fields);
    if (before === sources && !isTouched) return kept;
    // Most often few objects differ, and stand near each other: the others keep their place.
    const least = Math.min(before.length, sources.length);
    let start = 0;
    while (start < least && before[start] === sources[start]) start++;
    let end = 0;
    while (end < least - start && before.at(-1 - end) === sources.at(-1 - end)) end++;
    const moved = new Map<Source, Kept<Result>>();
    for (let i = start; i < before.length - end; i++) moved.set(before[i]!, kept[i]!);
    const [inner, tail] = [sources.length - end, before.length - sources.length];
    let isSame = before.length === sources.length;
    const now = sources.map((source, i) => {
      const last = i < start ? kept[i] : i < inner ? moved.get(source) : kept[i + tail];
      const next = last && !isTouched ? last : renew(source, last);
      isSame &&= next === kept[i];
      return next;
    });
    return isSame ? kept : now;
  }
}
