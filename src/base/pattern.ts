// A regular expression that a user wrote. Never run by RegExp, which may take exponential time over
// what a peer sent: RE2's syntax, in time linear in the text. The package is loaded with the first
// pattern; a process without one doesn't pay for it.
//
// A pattern is for a whole text, as in Envoy. Text comes as heads are read, one character a byte; a
// pattern sees the UTF-8 in it. Text longer than LIMITS.patternTextMax matches no pattern: linear
// time is still a long time for a large pattern.

import { createRequire } from "node:module";
import type { RE2JS } from "re2js";
import { LIMITS } from "./limits.ts";

type Package = typeof import("re2js");

export type PatternReading =
  | { readonly kind: "pattern"; readonly pattern: Pattern }
  | { readonly kind: "problem"; readonly expected: string };

export class Pattern {
  readonly #compiled: RE2JS;

  private constructor(compiled: RE2JS) {
    this.#compiled = compiled;
  }

  static read(source: string): PatternReading {
    if (source.length > LIMITS.patternLengthMax) {
      return problem(`a regular expression of at most ${LIMITS.patternLengthMax} characters`);
    }
    // Asked for each time: Node keeps what it has loaded.
    const { RE2JS: re2, RE2JSException } = createRequire(import.meta.url)("re2js") as Package;
    try {
      const compiled = re2.compile(source);
      if (compiled.programSize() <= LIMITS.patternProgramMax) {
        return { kind: "pattern", pattern: new Pattern(compiled) };
      }
      return problem("a simpler regular expression: its repetitions make it too large");
    } catch (thrown) {
      if (!(thrown instanceof RE2JSException)) throw thrown;
      return problem(`a regular expression as RE2 has it (${thrown.message})`);
    }
  }

  // How many groups it has, the whole not counted.
  get groups(): number {
    return this.#compiled.groupCount();
  }

  matches(text: string): boolean {
    return text.length <= LIMITS.patternTextMax && this.#compiled.matches(fromWire(text));
  }

  // Each place that it fits, replaced by `pieces`: texts, and numbers of groups. What outgrows a
  // head is replaced no further: whoever reads it refuses it already.
  replaceEach(text: string, pieces: readonly (string | number)[]): string {
    if (text.length > LIMITS.patternTextMax) return text;
    const characters = fromWire(text);
    const matcher = this.#compiled.matcher(characters);
    let replaced = "";
    let from = 0;
    while (replaced.length <= LIMITS.headBytesMax && matcher.find()) {
      replaced += characters.slice(from, matcher.start());
      for (const piece of pieces) {
        replaced += typeof piece === "string" ? piece : (matcher.group(piece) ?? "");
      }
      from = matcher.end();
    }
    if (from === 0 && replaced === "") return text;
    return Buffer.from(replaced + characters.slice(from), "utf8").toString("latin1");
  }
}

function problem(expected: string): PatternReading {
  return { kind: "problem", expected };
}

function fromWire(text: string): string {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0x7f) return Buffer.from(text, "latin1").toString("utf8");
  }
  return text;
}
