// Hot path.
//
// Where a header stands. Most requests of a caller have it where the request before had it: to look
// there first spares a pass over names that have to be fetched from memory again.

import type { Headers } from "#proxy/exchange/heads.ts";

export class HeaderPlace {
  readonly #name: string;
  #last = 0;

  constructor(name: string) {
    this.#name = name;
  }

  // -1: nowhere. Of one that is there twice it is either.
  in(headers: Headers): number {
    const last = this.#last;
    if (last < headers.length && headers[last] === this.#name) return last;
    const at = placeOf(headers, this.#name);
    if (at >= 0) this.#last = at;
    return at;
  }
}

function placeOf(headers: Headers, name: string): number {
  for (let at = 0; at < headers.length; at += 2) if (headers[at] === name) return at;
  return -1;
}
