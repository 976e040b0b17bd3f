// Hot path.
//
// Which request of a mix comes next, for HTTP/2.

import type { GapFiller } from "./gap-filler.ts";
import type { Http2Request, Http2Shape } from "./http2-request.ts";
import { cycleOf } from "./request-cycle.ts";

export class Http2Source {
  readonly #filler: GapFiller;
  readonly #cycle: readonly Http2Shape[];
  #number = -1;

  constructor(shapes: readonly Http2Shape[], filler: GapFiller) {
    this.#filler = filler;
    this.#cycle = cycleOf(shapes);
  }

  next(): Http2Request {
    const number = ++this.#number;
    const shape = this.#cycle[number % this.#cycle.length]!;
    return { shape, number, body: this.#filler.render(shape.body, number) };
  }
}
