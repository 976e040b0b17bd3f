// JSON (RFC 8259) without the values of secret names, as far as it goes. It is read token by token
// and needs no end, since a body may be cut off anywhere. What isn't JSON ends it, and nothing
// behind that is shown: what can't be read can't be redacted. Several values in a row are lines of
// JSON.

import { redactQuery } from "./redact-query.ts";
import { REDACTED, type Redacted } from "./redacted.ts";
import type { SecretNames } from "./secret-names.ts";

// Of values in values, and of JSON in a text in JSON.
const DEPTH_MAX = 64;
const NESTED_MAX = 4;
const SPACE = /[ \t\r\n]*/y;
const WORD = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

export function redactJson(text: string, names: SecretNames, nested = 0): Redacted {
  return new JsonRedactor(text, names, nested).run();
}

// It may be JSON, whatever it is said to be: without a text in it nothing has a name.
export function looksLikeJson(text: string): boolean {
  return /^[\s\ufeff]*[[{"]/.test(text) && text.includes('"');
}

class JsonRedactor {
  readonly #text: string;
  readonly #names: SecretNames;
  readonly #nested: number;
  #at = 0;
  #out = "";

  constructor(text: string, names: SecretNames, nested: number) {
    this.#text = text;
    this.#names = names;
    this.#nested = nested;
  }

  run(): Redacted {
    this.#space(false);
    while (this.#at < this.#text.length && this.#value(0, false)) this.#space(false);
    return { text: this.#out, isCut: this.#at < this.#text.length };
  }

  // Each of these says whether what follows can be read. Muted: it is a part of a secret.
  #value(depth: number, isMuted: boolean): boolean {
    if (depth > DEPTH_MAX) return false;
    switch (this.#text[this.#at]) {
      case "{":
        return this.#items("}", isMuted, () => this.#member(depth, isMuted));
      case "[":
        return this.#items("]", isMuted, () => this.#value(depth + 1, isMuted));
      case '"':
        return this.#string(isMuted);
      default:
        return this.#word(isMuted);
    }
  }

  #items(close: string, isMuted: boolean, item: () => boolean): boolean {
    this.#take(1, isMuted);
    this.#space(isMuted);
    if (this.#text[this.#at] === close) return this.#take(1, isMuted);
    for (;;) {
      if (!item()) return false;
      this.#space(isMuted);
      const mark = this.#text[this.#at];
      if (mark !== "," && mark !== close) return false;
      this.#take(1, isMuted);
      if (mark === close) return true;
      this.#space(isMuted);
    }
  }

  #member(depth: number, isMuted: boolean): boolean {
    const { end, isWhole } = this.#stringEnd();
    if (!isWhole) return false;
    const name = JSON.parse(this.#text.slice(this.#at, end)) as string;
    this.#take(end - this.#at, isMuted);
    this.#space(isMuted);
    if (this.#text[this.#at] !== ":") return false;
    this.#take(1, isMuted);
    this.#space(isMuted);
    const isSecret = this.#names.hasField(name);
    if (isSecret && !isMuted) this.#out += JSON.stringify(REDACTED);
    return this.#value(depth + 1, isMuted || isSecret);
  }

  // One that is cut off is shown as far as it goes.
  #string(isMuted: boolean): boolean {
    const { end, isWhole } = this.#stringEnd();
    const token = this.#text.slice(this.#at, end);
    this.#at = end;
    if (!isMuted) this.#out += this.#told(token, isWhole);
    return isWhole;
  }

  // What a text says may be JSON again, or an address with a query.
  #told(token: string, isWhole: boolean): string {
    const said = JSON.parse(isWhole ? token : `${token}"`) as string;
    const redacted = this.#redactSaid(said);
    if (redacted === said) return token;
    const told = JSON.stringify(redacted);
    return isWhole ? told : told.slice(0, -1);
  }

  #redactSaid(said: string): string {
    if (!looksLikeJson(said)) return redactQuery(said, this.#names);
    if (this.#nested === NESTED_MAX) return REDACTED;
    const { text, isCut } = redactJson(said, this.#names, this.#nested + 1);
    return isCut ? `${text}${REDACTED}` : text;
  }

  #word(isMuted: boolean): boolean {
    WORD.lastIndex = this.#at;
    const found = WORD.exec(this.#text);
    return found !== null && this.#take(found[0].length, isMuted);
  }

  // Where the string here ends: behind its last quote, else behind what can be read of it.
  #stringEnd(): { readonly end: number; readonly isWhole: boolean } {
    const text = this.#text;
    if (text[this.#at] !== '"') return { end: this.#at, isWhole: false };
    for (let end = this.#at + 1; ; end++) {
      const code = text.charCodeAt(end);
      if (code === 0x22) return { end: end + 1, isWhole: true };
      // NaN at the end.
      if (!(code >= 0x20)) return { end, isWhole: false };
      if (code !== 0x5c) continue;
      ESCAPE.lastIndex = end;
      const escaped = ESCAPE.exec(text);
      if (!escaped) return { end, isWhole: false };
      end += escaped[0].length - 1;
    }
  }

  #space(isMuted: boolean): void {
    SPACE.lastIndex = this.#at;
    this.#take(SPACE.exec(this.#text)![0].length, isMuted);
  }

  #take(length: number, isMuted: boolean): true {
    if (!isMuted) this.#out += this.#text.slice(this.#at, this.#at + length);
    this.#at += length;
    return true;
  }
}
