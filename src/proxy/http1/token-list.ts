// Hot path.
//
// Members of a comma-separated list (RFC 9110 §5.6.1), without splitting it: empty ones are passed
// over, white space around them is cut off.

const COMMA = 0x2c;
const SPACE = 0x20;
const TAB = 0x09;

export class TokenList {
  readonly #list: string;
  #at = 0;

  constructor(list: string) {
    this.#list = list;
  }

  // The next member, or "" after the last.
  next(): string {
    const list = this.#list;
    let from = this.#at;
    while (isBlank(list.charCodeAt(from)) || list.charCodeAt(from) === COMMA) from++;
    let end = list.indexOf(",", from);
    if (end < 0) end = list.length;
    this.#at = end;
    while (end > from && isBlank(list.charCodeAt(end - 1))) end--;
    return list.slice(from, end);
  }
}

function isBlank(char: number): boolean {
  return char === SPACE || char === TAB;
}
