// An expression of `accessLogging[].filter`: the part of CEL that says something of one request by
// its attributes. By recursive descent; what it can't say is refused with the place and the reason.

import { LIMITS } from "#base/limits.ts";
import type { AccessTest, TextRelation } from "#ir/access-test.ts";
import { parseDurationMs } from "#ir/duration.ts";
import {
  ATTRIBUTE_NAMES,
  attributeOf,
  contained,
  isRelation,
  type Operand,
  related,
  type Value,
} from "./cel-operand.ts";
import { celTokens, type Token } from "./cel-tokens.ts";

export type FilterReading =
  | { readonly kind: "test"; readonly test: AccessTest }
  // A sentence's end: 'at "matches": ...'.
  | { readonly kind: "refused"; readonly reason: string };

const METHODS: readonly TextRelation[] = ["contains", "startsWith", "endsWith"];

export const UNDERSTOOD =
  `${ATTRIBUTE_NAMES.join(", ")}; numbers, texts, true, false and duration("1s"); ==, !=, <, <=, ` +
  `>, >=, in, ${METHODS.join(", ")}, has, &&, ||, ! and parentheses`;

export function parseFilter(source: string): FilterReading {
  if (source.length > LIMITS.expressionLengthMax) {
    return refused(`it has more than ${LIMITS.expressionLengthMax} characters`);
  }
  const tokens = celTokens(source);
  if (typeof tokens === "number") return refused(`at "${source.slice(tokens, tokens + 12)}"`);
  return new FilterParser(tokens).parse();
}

function refused(reason: string): FilterReading {
  return { kind: "refused", reason };
}

class FilterParser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;
  #refusal: string | undefined;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): FilterReading {
    const test = this.#either();
    if (this.#at < this.#tokens.length) this.#refuse("nothing more was to come");
    if (this.#refusal !== undefined || !test) return refused(this.#refusal ?? "it says nothing");
    return { kind: "test", test };
  }

  #either(): AccessTest | undefined {
    return this.#joined("||", "or", () => this.#both());
  }

  #both(): AccessTest | undefined {
    return this.#joined("&&", "and", () => this.#test());
  }

  #joined(
    symbol: string,
    kind: "and" | "or",
    next: () => AccessTest | undefined,
  ): AccessTest | undefined {
    const of = [next()];
    while (this.#takes(symbol)) of.push(next());
    const known = of.filter((each) => each !== undefined);
    if (known.length < of.length) return undefined;
    return known.length === 1 ? known[0] : { kind, of: known };
  }

  #test(): AccessTest | undefined {
    const operand = this.#relation();
    if (operand === undefined) return undefined;
    return operand.kind === "test" ? operand.test : this.#refuse("that is neither true nor false");
  }

  #relation(): Operand | undefined {
    const left = this.#operand();
    if (left === undefined) return undefined;
    const token = this.#tokens[this.#at];
    const word = token?.kind === "symbol" || token?.kind === "name" ? token.text : "";
    if (word !== "in" && !isRelation(word)) return left;
    this.#at++;
    const right = this.#operand();
    if (right === undefined) return undefined;
    const test = word === "in" ? contained(left, right) : related(left, word, right);
    return test ? { kind: "test", test } : this.#refuse(`"${word}" between these two`);
  }

  #operand(): Operand | undefined {
    if (this.#depth >= LIMITS.expressionDepthMax) return this.#refuse("it is nested too deeply");
    this.#depth++;
    const operand = this.#takes("!") ? this.#negated() : this.#primary();
    this.#depth--;
    return operand;
  }

  #negated(): Operand | undefined {
    const operand = this.#operand();
    if (operand === undefined) return undefined;
    if (operand.kind !== "test") return this.#refuse('"!" before what is neither true nor false');
    return { kind: "test", test: { kind: "not", of: operand.test } };
  }

  #primary(): Operand | undefined {
    const token = this.#tokens[this.#at++];
    if (token === undefined) return this.#refuse("something is missing at the end");
    if (token.kind === "number") return { kind: "number-value", value: token.value };
    if (token.kind === "text") return { kind: "text-value", value: token.text };
    if (token.kind === "name") return this.#named(token.text);
    if (token.text === "-") return this.#negative();
    if (token.text === "[") return this.#list();
    this.#at--;
    if (!this.#takes("(")) return this.#refuse(`"${token.text}" isn't understood there`);
    const test = this.#either();
    return this.#expects(")") && test ? { kind: "test", test } : undefined;
  }

  #negative(): Operand | undefined {
    const token = this.#tokens[this.#at++];
    if (token?.kind !== "number") return this.#refuse('"-" without a number');
    return { kind: "number-value", value: -token.value };
  }

  #list(): Operand | undefined {
    const values: Value[] = [];
    while (!this.#takes("]")) {
      if (values.length > 0 && !this.#expects(",")) return undefined;
      const value = this.#operand();
      if (value === undefined) return undefined;
      if (value.kind !== "number-value" && value.kind !== "text-value") {
        return this.#refuse("a list of anything but numbers and texts");
      }
      values.push(value);
    }
    return { kind: "list", values };
  }

  // An attribute and what is asked of it, or a function.
  #named(first: string): Operand | undefined {
    if (this.#takes("(")) return this.#called(first);
    let name = first;
    while (this.#isNext(".") && !this.#isMethodNext()) {
      this.#at++;
      const part = this.#tokens[this.#at++];
      if (part?.kind !== "name") return this.#refuse(`"${name}." has no name behind it`);
      name += `.${part.text}`;
    }
    const found = attributeOf(name);
    if (found === undefined) return this.#refuse(`"${name}" is no attribute that is known`);
    const attribute = found.kind === "headers" && this.#isNext("[") ? this.#header() : found;
    return attribute && this.#isNext(".") ? this.#asked(attribute) : attribute;
  }

  #header(): Operand | undefined {
    this.#at++;
    const name = this.#tokens[this.#at++];
    if (name?.kind !== "text") return this.#refuse("a header's name is a text");
    if (!this.#expects("]")) return undefined;
    return { kind: "text", of: { header: name.text.toLowerCase() } };
  }

  #asked(attribute: Operand): Operand | undefined {
    this.#at++;
    const name = this.#tokens[this.#at++];
    const is = METHODS.find((method) => name?.kind === "name" && name.text === method);
    if (is === undefined || attribute.kind !== "text") {
      const what = name && "text" in name ? `"${name.text}"` : "that";
      return this.#refuse(`${what} can't be asked of it`);
    }
    if (!this.#expects("(")) return undefined;
    const text = this.#tokens[this.#at++];
    if (text?.kind !== "text") return this.#refuse(`"${is}" needs a text`);
    if (!this.#expects(")")) return undefined;
    return { kind: "test", test: { kind: "text", of: attribute.of, is, than: text.text } };
  }

  #called(name: string): Operand | undefined {
    const given = this.#operand();
    if (given === undefined || !this.#expects(")")) return undefined;
    if (name === "has" && (given.kind === "number" || given.kind === "text")) {
      return { kind: "test", test: { kind: "present", of: given.of } };
    }
    const ms = given.kind === "text-value" ? parseDurationMs(given.value) : undefined;
    if (name === "duration" && ms !== undefined) return { kind: "duration-value", value: ms };
    return this.#refuse(`"${name}" isn't understood there`);
  }

  // ---- words ------------------------------------------------------------------------------------

  #isNext(symbol: string): boolean {
    const token = this.#tokens[this.#at];
    return token?.kind === "symbol" && token.text === symbol;
  }

  #isMethodNext(): boolean {
    const behind = this.#tokens[this.#at + 2];
    return behind?.kind === "symbol" && behind.text === "(";
  }

  #takes(symbol: string): boolean {
    if (!this.#isNext(symbol)) return false;
    this.#at++;
    return true;
  }

  #expects(symbol: string): boolean {
    if (this.#takes(symbol)) return true;
    this.#refuse(`"${symbol}" is missing`);
    return false;
  }

  // The first reason counts.
  #refuse(reason: string): undefined {
    this.#refusal ??= reason;
    return undefined;
  }
}
