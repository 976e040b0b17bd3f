// Hot path.
//
// Fills the gaps of templates: with what belongs to this run, to this request, or to chance.

import type { Random } from "#base/random.ts";
import type { Part } from "./template.ts";

export class GapFiller {
  readonly #random: Random;
  readonly #run: string;

  constructor(random: Random) {
    this.#random = random;
    this.#run = hex(random() * 2 ** 32, 8) + hex(random() * 2 ** 32, 8);
  }

  // `number`: of the request.
  render(parts: readonly Part[], number: number): string {
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

function hex(value: number, digits: number): string {
  return Math.floor(value).toString(16).padStart(digits, "0");
}
