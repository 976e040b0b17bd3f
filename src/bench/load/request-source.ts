// Hot path.
//
// Renders the requests of a mix for HTTP/1.1: heads and bodies are put together as far as possible
// beforehand, and what remains is to fill the gaps of a template.

import type { Random } from "#base/random.ts";
import { GapFiller } from "./gap-filler.ts";
import { cycleOf } from "./request-cycle.ts";
import { bodyText, type RequestShape, type RequestTarget } from "./request-shape.ts";
import { hasGaps, type Part, partsOf } from "./template.ts";

export type Rendered = { readonly text: string; readonly isHead: boolean };

type Compiled = {
  readonly weight: number;
  readonly isHead: boolean;
  readonly head: readonly Part[];
  // Undefined: the body has no gaps and is a part of `head`.
  readonly body: readonly Part[] | undefined;
};

export class RequestSource {
  readonly #filler: GapFiller;
  readonly #cycle: readonly Compiled[];
  #number = -1;

  constructor(
    shapes: readonly RequestShape[],
    target: RequestTarget,
    keepsAlive: boolean,
    random: Random,
  ) {
    this.#filler = new GapFiller(random);
    this.#cycle = cycleOf(shapes.map((shape) => compile(shape, target, keepsAlive)));
  }

  next(): Rendered {
    const number = ++this.#number;
    const { head, body, isHead } = this.#cycle[number % this.#cycle.length]!;
    let text = this.#filler.render(head, number);
    if (body) {
      const filled = this.#filler.render(body, number);
      text += `content-length: ${filled.length}\r\n\r\n${filled}`;
    }
    return { text, isHead };
  }
}

function compile(shape: RequestShape, target: RequestTarget, keepsAlive: boolean): Compiled {
  const { weight } = shape;
  const lines = [
    `${shape.method} ${target.prefix}${shape.path} HTTP/1.1`,
    `host: ${target.authority}`,
    ...shape.headers.map(([name, value]) => `${name}: ${value}`),
    ...(keepsAlive ? [] : ["connection: close"]),
  ].map((line) => `${line}\r\n`);
  const body = bodyText(shape.body);
  const isHead = shape.method === "HEAD";
  const gaps = partsOf(body);
  if (hasGaps(gaps, body)) return { weight, isHead, head: partsOf(lines.join("")), body: gaps };
  if (body !== "") lines.push(`content-length: ${body.length}\r\n`);
  return { weight, isHead, head: partsOf(`${lines.join("")}\r\n${body}`), body: undefined };
}
