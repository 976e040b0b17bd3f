// Hot path.
//
// Renders the requests of a mix: heads and bodies are put together as far as possible beforehand,
// and what remains is to fill the gaps of a template.
//
// Gaps, in paths, header values and bodies:
//   {id}      32 hex digits, unique in this run
//   {span}    16 hex digits, unique in this run
//   {n}       the request's number, from 0
//   {1..200}  a number from that range, at random

import type { Random } from "#base/random.ts";

export type RequestShape = {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  // How many of them among the sum of all weights; whole.
  readonly weight: number;
};

export type Rendered = { readonly text: string; readonly isHead: boolean };

export type RequestTarget = { readonly authority: string; readonly prefix: string };

type Part = string | "\0id" | "\0span" | "\0n" | readonly [least: number, most: number];
type Compiled = {
  readonly isHead: boolean;
  readonly head: readonly Part[];
  // Undefined: the body has no gaps and is a part of `head`.
  readonly body: readonly Part[] | undefined;
};

const WEIGHTS_MAX = 10_000;
const GAP = /\{(?:(id|span|n)|(\d{1,9})\.\.(\d{1,9}))\}/g;

export class RequestSource {
  readonly #random: Random;
  readonly #cycle: readonly Compiled[];
  readonly #run: string;
  #number = -1;

  constructor(
    shapes: readonly RequestShape[],
    target: RequestTarget,
    keepsAlive: boolean,
    random: Random,
  ) {
    this.#random = random;
    this.#run = hex(random() * 2 ** 32, 8) + hex(random() * 2 ** 32, 8);
    const compiled = shapes.map((shape) => compile(shape, target, keepsAlive));
    this.#cycle = cycleOf(shapes.map(({ weight }) => weight)).map((index) => compiled[index]!);
  }

  next(): Rendered {
    const number = ++this.#number;
    const shape = this.#cycle[number % this.#cycle.length]!;
    let text = this.#render(shape.head, number);
    if (shape.body) {
      const body = this.#render(shape.body, number);
      text += `content-length: ${body.length}\r\n\r\n${body}`;
    }
    return { text, isHead: shape.isHead };
  }

  #render(parts: readonly Part[], number: number): string {
    let text = "";
    for (let i = 0; i < parts.length; i++) text += this.#fill(parts[i]!, number);
    return text;
  }

  #fill(part: Part, number: number): string {
    if (typeof part !== "string") {
      const [least, most] = part;
      return String(least + Math.floor(this.#random() * (most - least + 1)));
    }
    if (part === "\0id") return this.#run + hex(number, 16);
    if (part === "\0span") return hex(number + 1, 16);
    if (part === "\0n") return String(number);
    return part;
  }
}

// Which shape comes when: each as often as its weight says, spread as evenly as whole numbers
// allow, so that a short run has the right mix too.
function cycleOf(weights: readonly number[]): number[] {
  if (!weights.every((weight) => Number.isInteger(weight) && weight > 0)) {
    throw new RangeError("Cannot mix requests: every weight must be a whole number above 0");
  }
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (sum < 1 || sum > WEIGHTS_MAX) {
    throw new RangeError(`Cannot mix requests: weights add up to ${sum}, not 1 to ${WEIGHTS_MAX}`);
  }
  const credit = weights.map(() => 0);
  return Array.from({ length: sum }, () => {
    let best = 0;
    for (let i = 0; i < weights.length; i++) {
      credit[i] = credit[i]! + weights[i]!;
      if (credit[i]! > credit[best]!) best = i;
    }
    credit[best] = credit[best]! - sum;
    return best;
  });
}

function compile(shape: RequestShape, target: RequestTarget, keepsAlive: boolean): Compiled {
  const lines = [
    `${shape.method} ${target.prefix}${shape.path} HTTP/1.1`,
    `host: ${target.authority}`,
    ...shape.headers.map(([name, value]) => `${name}: ${value}`),
    ...(keepsAlive ? [] : ["connection: close"]),
  ].map((line) => `${line}\r\n`);
  // One character is one byte on the wire.
  const body = Buffer.from(shape.body, "utf8").toString("latin1");
  const isHead = shape.method === "HEAD";
  const gaps = partsOf(body);
  if (gaps.length > 1) return { isHead, head: partsOf(lines.join("")), body: gaps };
  if (body !== "") lines.push(`content-length: ${body.length}\r\n`);
  return { isHead, head: partsOf(`${lines.join("")}\r\n${body}`), body: undefined };
}

function partsOf(template: string): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (const gap of template.matchAll(GAP)) {
    if (gap.index > from) parts.push(template.slice(from, gap.index));
    const [whole, name, least, most] = gap;
    parts.push(name === undefined ? [Number(least), Number(most)] : `\0${name}`);
    from = gap.index + whole.length;
  }
  if (from < template.length) parts.push(template.slice(from));
  return parts;
}

function hex(value: number, digits: number): string {
  return Math.floor(value).toString(16).padStart(digits, "0");
}
